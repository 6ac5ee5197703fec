// Who wants to know that images changed.
#pragma once

#include "image/places/warehouse/warehouse.hpp"

#include <functional>

namespace cang::warehouse {

// Calls `listener` with the name of a repository whenever something in it may have changed, once that is committed; any
// thread. Set before the first write; there is one.
void on_change(Warehouse& warehouse, std::function<void(const std::string& repository)> listener);

} // namespace cang::warehouse
