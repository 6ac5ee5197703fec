#include "image/places/memory/memory_place.hpp"

#include "contract/place_contract.hpp"

namespace cang::contract {

namespace {

class Memory final : public Place {
public:
    image::Sink& sink() override { return *place_; }
    awaitable<std::shared_ptr<image::Source>> open_source() override { co_return place_; }

private:
    std::shared_ptr<image::MemoryPlace> place_ = std::make_shared<image::MemoryPlace>();
};

awaitable<std::unique_ptr<Place>> make() { co_return std::make_unique<Memory>(); }

} // namespace

PlaceFactory memory_place() { return {.name = "memory", .make = make}; }

} // namespace cang::contract
