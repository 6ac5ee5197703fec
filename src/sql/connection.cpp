#include "sql/connection_state.hpp"

#include "base/error.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

// Declared here because SOCI's PostgreSQL header wants libpq's, which is otherwise not needed.
extern "C" soci::backend_factory const* factory_postgresql();

namespace cang::sql {

namespace {

void bind(Prepared& prepared, std::span<Cell> given, std::span<const Cell::Kind> columns) {
    prepared.statement.alloc();
    for (const Cell& cell : given) {
        Binding& input = prepared.inputs.emplace_back();
        input.kind = cell.kind;
        if (cell.kind == Cell::Kind::integer)
            prepared.statement.exchange(soci::use(input.integer, input.indicator));
        else
            prepared.statement.exchange(soci::use(input.text, input.indicator));
    }
    for (Cell::Kind kind : columns) {
        Binding& output = prepared.outputs.emplace_back();
        output.kind = kind;
        if (kind == Cell::Kind::integer)
            prepared.statement.exchange(soci::into(output.integer, output.indicator));
        else
            prepared.statement.exchange(soci::into(output.text, output.indicator));
    }
}

void give(Prepared& prepared, std::span<Cell> given) {
    for (std::size_t i = 0; i < given.size(); ++i) {
        Binding& input = prepared.inputs.at(i);
        input.indicator = given[i].null ? soci::i_null : soci::i_ok;
        input.integer = given[i].integer;
        input.text = std::move(given[i].text);
    }
}

void take(Prepared& prepared, std::vector<Cell>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        Binding& output = prepared.outputs[i];
        cells[i].kind = output.kind;
        cells[i].null = output.indicator == soci::i_null;
        cells[i].integer = output.integer;
        cells[i].text = output.text;
    }
}

// WAL with synchronous=FULL: an acknowledged commit survives a power cut. mmap stays off, because a read error of a
// mapped file is a signal instead of an error, and the mapping counts as resident memory.
//
// The log stays when the last connection closes: emptying it would cost every command on a data directory several
// syncs, and the next opening reads at most the pages of one automatic checkpoint.
void configure_sqlite(Connection& connection, soci::session& session, std::size_t cache_kib) {
    auto* handle = static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
    sqlite_api::sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    connection.execute_once("PRAGMA journal_mode = WAL");
    connection.execute_once("PRAGMA synchronous = FULL");
    connection.execute_once("PRAGMA foreign_keys = ON");
    connection.execute_once("PRAGMA busy_timeout = 10000");
    connection.execute_once("PRAGMA mmap_size = 0");
    connection.execute_once("PRAGMA temp_store = MEMORY");
    connection.execute_once("PRAGMA cache_size = -" + std::to_string(cache_kib));
    connection.execute_once("PRAGMA journal_size_limit = 16777216"); // the log is cut back after a burst
}

} // namespace

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::~Connection() = default;

Engine Connection::engine() const noexcept { return state_->engine; }
bool Connection::usable() const noexcept { return state_->usable; }

std::uint64_t Connection::run(std::string_view statement, std::span<Cell> given, std::span<const Cell::Kind> columns,
                              const Visitor& visit) {
    bool lost = false;
    try {
        auto found = state_->prepared.find(statement);
        if (found == state_->prepared.end()) {
            auto fresh = std::make_unique<Prepared>(state_->session);
            bind(*fresh, given, columns);
            give(*fresh, given);
            fresh->statement.prepare(std::string(statement));
            fresh->statement.define_and_bind();
            found = state_->prepared.emplace(statement, std::move(fresh)).first;
        } else {
            give(*found->second, given);
        }
        Prepared& prepared = *found->second;
        bool more = prepared.statement.execute(true);
        if (columns.empty())
            return static_cast<std::uint64_t>(std::max(0LL, prepared.statement.get_affected_rows()));
        // Read to the end, also when one row is enough: an unfinished SELECT keeps SQLite's read snapshot open. Rows
        // are visited afterwards, so that a visitor that throws leaves a finished statement behind.
        std::vector<std::vector<Cell>> rows;
        while (more) {
            rows.emplace_back(columns.size());
            take(prepared, rows.back());
            more = prepared.statement.fetch();
        }
        for (std::vector<Cell>& row : rows)
            visit(row);
        return rows.size();
    } catch (const soci::soci_error&) {
        state_->prepared.erase(statement);
        try {
            rethrow_database_error(lost);
        } catch (...) {
            state_->usable = !lost;
            throw;
        }
    }
}

void Connection::execute_once(const std::string& statement) {
    bool lost = false;
    try {
        state_->session << statement;
    } catch (const soci::soci_error&) {
        try {
            rethrow_database_error(lost);
        } catch (...) {
            state_->usable = !lost;
            throw;
        }
    }
}

std::unique_ptr<Connection> open_connection(const OpenOptions& options) {
    auto state = std::make_unique<Connection::State>();
    state->engine = options.engine;
    bool lost = false;
    try {
        if (options.engine == Engine::sqlite)
            state->session.open(soci::sqlite3, "db=\"" + options.location + "\" timeout=10");
        else
            state->session.open(*factory_postgresql(), options.location);
    } catch (const soci::soci_error&) {
        rethrow_database_error(lost);
    }
    auto& session = state->session;
    auto connection = std::make_unique<Connection>(std::move(state));
    if (options.engine == Engine::sqlite)
        configure_sqlite(*connection, session, options.cache_kib);
    else
        connection->execute_once("SET client_min_messages = warning"); // libpq prints notices to standard error
    return connection;
}

} // namespace cang::sql
