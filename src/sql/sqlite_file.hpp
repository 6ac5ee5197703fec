// Files of SQLite apart from the process's own Database: one that another process writes, and copies of it.
//
// Everything here blocks. Throws Error, kinds as for statements.
#pragma once

#include "sql/connection.hpp"

#include <filesystem>

namespace cang::sql {

// Writes what is committed at one moment to `target`, which must not exist, while others read and write the database
// and wait for nothing; the database's log is not cut back meanwhile. The copy is one file without a log. Not synced.
void copy_sqlite(const std::filesystem::path& database, const std::filesystem::path& target);

// Only reads. Leaves a copy as it is, and no file beside it.
std::unique_ptr<Connection> open_sqlite_read_only(const std::filesystem::path& file);

} // namespace cang::sql
