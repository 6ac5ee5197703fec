#include "image/places/warehouse/database.hpp"

#include "image/places/warehouse/core.hpp"

namespace cang::warehouse {

sql::Database& database_of(Warehouse& warehouse) { return warehouse.core().database; }

} // namespace cang::warehouse
