#include "contract/place_contract.hpp"
#include "image/places/warehouse/warehouse_sink.hpp"
#include "image/places/warehouse/warehouse_source.hpp"
#include "testing/temp_dir.hpp"

namespace cang::contract {

namespace {

class WarehousePlace final : public Place {
public:
    WarehousePlace() : warehouse_(options(), clock_, pool_), sink_(warehouse_) {}
    image::Sink& sink() override { return sink_; }
    awaitable<std::shared_ptr<image::Source>> open_source() override {
        co_return std::make_shared<warehouse::WarehouseSource>(warehouse_);
    }

private:
    warehouse::WarehouseOptions options() const {
        warehouse::WarehouseOptions options;
        options.data_directory = directory_.path();
        return options;
    }

    testing::TempDir directory_;
    SystemClock clock_;
    async::BlockingPool pool_{2};
    warehouse::Warehouse warehouse_;
    warehouse::WarehouseSink sink_;
};

awaitable<std::unique_ptr<Place>> make() { co_return std::make_unique<WarehousePlace>(); }

} // namespace

PlaceFactory warehouse_place() { return {.name = "warehouse", .make = make}; }

} // namespace cang::contract
