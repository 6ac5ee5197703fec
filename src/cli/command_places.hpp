// The places of one command for the flows of transfer/: each name is opened with the options that the command has for
// it.
#pragma once

#include "cli/place_opener.hpp"

#include <functional>

namespace cang::cli {

class CommandPlaces final : public transfer::Places {
public:
    using OptionsFor = std::function<PlaceOptions(const image::PlaceName&)>;

    // The opener outlives it.
    CommandPlaces(PlaceOpener& opener, OptionsFor for_source, OptionsFor for_target)
        : opener_(opener), for_source_(std::move(for_source)), for_target_(std::move(for_target)) {}
    // The same for all.
    CommandPlaces(PlaceOpener& opener, const PlaceOptions& options);

    awaitable<transfer::OpenPlace<image::Source>> open_source(image::PlaceName name) override;
    awaitable<transfer::OpenPlace<image::Sink>> open_sink(image::PlaceName name) override;
    awaitable<transfer::OpenPlace<image::Listing>> open_listing(image::PlaceName name) override;

private:
    PlaceOpener& opener_;
    OptionsFor for_source_;
    OptionsFor for_target_;
};

} // namespace cang::cli
