// The grace period of a warehouse that is open.
#pragma once

#include "image/places/warehouse/warehouse.hpp"

namespace cang::warehouse {

// From now on; see WarehouseOptions::grace. From any thread.
void set_grace(Warehouse& warehouse, std::chrono::milliseconds grace);

} // namespace cang::warehouse
