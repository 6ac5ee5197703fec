// Private to this room: the SOCI side of a connection.
#pragma once

#include "sql/connection.hpp"

#include <deque>
#include <soci/soci.h>
#include <unordered_map>

namespace cang::sql {

// SOCI binds variables by address, so a prepared statement lives together with the variables it reads and fills.
struct Binding {
    Cell::Kind kind = Cell::Kind::integer;
    long long integer = 0;
    std::string text;
    soci::indicator indicator = soci::i_ok;
};

struct Prepared {
    explicit Prepared(soci::session& session) : statement(session) {}
    std::deque<Binding> inputs;
    std::deque<Binding> outputs;
    soci::statement statement;
};

struct Connection::State {
    soci::session session;
    Engine engine = Engine::sqlite;
    bool usable = true;
    std::unordered_map<std::string_view, std::unique_ptr<Prepared>> prepared; // keyed by constants of the program
};

struct OpenOptions {
    std::string location; // file of SQLite, or postgresql://… URL
    Engine engine = Engine::sqlite;
    std::size_t cache_kib = 2048; // SQLite's page cache of this connection
};

std::unique_ptr<Connection> open_connection(const OpenOptions& options);

// Call inside a catch block: SOCI's exception as Error; `lost` is set when the connection is of no more use.
[[noreturn]] void rethrow_database_error(bool& lost);

} // namespace cang::sql
