// The warehouse's database, for rooms that keep tables of their own in it. Its tables of images are the warehouse's
// alone.
#pragma once

#include "sql/database.hpp"

namespace cang::warehouse {

class Warehouse;

// Lives as long as the warehouse.
sql::Database& database_of(Warehouse& warehouse);

} // namespace cang::warehouse
