// Numbered schema changes, forward only. The database records its version in the table schema_version.
#pragma once

#include "sql/connection.hpp"

namespace cang::sql {

// One file NNNN_name.sql. Statements end with ';' at the end of a line. Words that differ between the engines:
//   $ID$      primary key that the database numbers
//   $BYTES$   collation by byte order
struct Migration {
    std::int64_t version; // from 1, without gaps
    std::string_view name;
    std::string_view text;
};

// The statements of one migration for an engine, in order.
std::vector<std::string> migration_statements(const Migration& migration, Engine engine);

// Brings the schema to the last of `migrations`, each in its own transaction; returns the version found before.
// Throws Error{unsupported} when the database was made by a newer program.
std::int64_t migrate(Connection& connection, std::span<const Migration> migrations);

} // namespace cang::sql
