#include "sql/sqlite_file.hpp"

#include "sql/connection_state.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

namespace cang::sql {

void copy_sqlite(const std::filesystem::path& database, const std::filesystem::path& target) {
    // Reads in one transaction of its own. The backup interface of SQLite starts over whenever another process writes.
    open_sqlite_read_only(database)->execute("VACUUM INTO :target", target.string());
}

std::unique_ptr<Connection> open_sqlite_read_only(const std::filesystem::path& file) {
    auto state = std::make_unique<Connection::State>();
    state->engine = Engine::sqlite;
    bool lost = false;
    try {
        state->session.open(soci::sqlite3, "db=\"" + file.string() + "\" readonly=true timeout=10");
    } catch (const soci::soci_error&) {
        rethrow_database_error(lost);
    }
    // The log stays as its writer left it, also when that one has ended; see connection.cpp.
    auto* handle = static_cast<soci::sqlite3_session_backend*>(state->session.get_backend())->conn_;
    sqlite_api::sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return std::make_unique<Connection>(std::move(state));
}

} // namespace cang::sql
