#include "sql/connection_state.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

#include <soci/sqlite3/soci-sqlite3.h>
#include <sqlite3.h>

namespace cang::sql {

namespace {

// The engine's own text goes to the log only: it holds SQL and values.
Error refused(ErrorKind kind, std::string_view message, const char* detail) {
    log::debug("database_error", {{"detail", detail}});
    return Error(kind, std::string(message));
}

Error from_sqlite(const soci::sqlite3_soci_error& error) {
    std::string_view text = error.what();
    switch (error.result() & 0xff) {
    case SQLITE_CONSTRAINT:
        if (text.find("UNIQUE constraint") != text.npos)
            return refused(ErrorKind::already_exists, "the record exists already", error.what());
        return refused(ErrorKind::conflict, "the change contradicts other records", error.what());
    case SQLITE_FULL: return refused(ErrorKind::unavailable, "the disk of the database is full", error.what());
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return refused(ErrorKind::unavailable, "the database cannot be read or written", error.what());
    case SQLITE_READONLY: return refused(ErrorKind::unavailable, "the database is read-only", error.what());
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return refused(ErrorKind::unavailable, "the database is busy", error.what());
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return refused(ErrorKind::corrupt, "the database file is damaged", error.what());
    default: return refused(ErrorKind::internal, "the database refused a statement", error.what());
    }
}

// SOCI sorts PostgreSQL's SQLSTATE into categories; its own exception type would need libpq's headers.
Error from_postgresql(const soci::soci_error& error, bool& lost) {
    std::string_view text = error.what();
    switch (error.get_error_category()) {
    case soci::soci_error::constraint_violation:
        if (text.find("unique constraint") != text.npos)
            return refused(ErrorKind::already_exists, "the record exists already", error.what());
        return refused(ErrorKind::conflict, "the change contradicts other records", error.what());
    case soci::soci_error::system_error: // out of disk, memory or connections
        return refused(ErrorKind::unavailable, "the database server is out of resources", error.what());
    case soci::soci_error::unknown_transaction_state:
    case soci::soci_error::connection_error:
        lost = true;
        return refused(ErrorKind::unavailable, "the database server does not answer", error.what());
    default: return refused(ErrorKind::internal, "the database refused a statement", error.what());
    }
}

} // namespace

void rethrow_database_error(bool& lost) {
    try {
        throw;
    } catch (const soci::sqlite3_soci_error& error) {
        throw from_sqlite(error);
    } catch (const soci::soci_error& error) {
        throw from_postgresql(error, lost);
    }
}

} // namespace cang::sql
