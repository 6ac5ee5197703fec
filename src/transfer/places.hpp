// Opens image places by their names. The command line and the server each have their own: where the warehouse is and
// how registries are reached differ, what a copy does with them does not.
#pragma once

#include "image/place_name.hpp"
#include "image/sink.hpp"
#include "image/source.hpp"

#include <memory>

namespace cang::transfer {

// An open place and the reference as that place wants it.
template <typename Face>
struct OpenPlace {
    std::shared_ptr<void> keep; // what the place stands on; goes after it
    std::unique_ptr<Face> place;
    oci::Reference reference;
};

// What it returns must not outlive it. All on one executor.
class Places {
public:
    virtual ~Places() = default;
    // Throws Error{not_found} for a file that is missing.
    virtual awaitable<OpenPlace<image::Source>> open_source(image::PlaceName name) = 0;
    virtual awaitable<OpenPlace<image::Sink>> open_sink(image::PlaceName name) = 0;
    // Registries and the warehouse only; throws Error{unsupported} for other places.
    virtual awaitable<OpenPlace<image::Listing>> open_listing(image::PlaceName name) = 0;
};

} // namespace cang::transfer
