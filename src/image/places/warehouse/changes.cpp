#include "image/places/warehouse/changes.hpp"

#include "image/places/warehouse/core.hpp"

namespace cang::warehouse {

void on_change(Warehouse& warehouse, std::function<void(const std::string& repository)> listener) {
    warehouse.core().inventory.on_change(std::move(listener));
}

} // namespace cang::warehouse
