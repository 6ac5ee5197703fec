// The schema changes in image/store/migrations, embedded at build time.
#pragma once

#include "sql/migration.hpp"

namespace cang::store {

std::span<const sql::Migration> migrations();

} // namespace cang::store
