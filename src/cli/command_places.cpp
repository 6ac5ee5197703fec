#include "cli/command_places.hpp"

namespace cang::cli {

CommandPlaces::CommandPlaces(PlaceOpener& opener, const PlaceOptions& options) : opener_(opener) {
    for_source_ = [options](const image::PlaceName&) { return options; };
    for_target_ = for_source_;
}

awaitable<transfer::OpenPlace<image::Source>> CommandPlaces::open_source(image::PlaceName name) {
    auto options = for_source_(name);
    co_return co_await opener_.open_source(std::move(name), std::move(options));
}

awaitable<transfer::OpenPlace<image::Sink>> CommandPlaces::open_sink(image::PlaceName name) {
    co_return opener_.open_sink(name, for_target_(name));
}

awaitable<transfer::OpenPlace<image::Listing>> CommandPlaces::open_listing(image::PlaceName name) {
    co_return opener_.open_listing(name, for_source_(name));
}

} // namespace cang::cli
