// From names to open places. Keeps one HTTP client for each way of connecting and one warehouse for each data
// directory, so that many copies of a sync share connections and the directory's lock. Lives on the command's loop;
// what it returns must not outlive it.
#pragma once

#include "cli/place_options.hpp"
#include "cli/runtime.hpp"
#include "transfer/places.hpp"

#include <chrono>
#include <memory>

namespace cang::warehouse {
class Warehouse;
}

namespace cang::cli {

// Removes what a reference names.
class Remover {
public:
    virtual ~Remover() = default;
    // The tag alone, or the manifest with its tags when the reference has a digest. False when it was not there.
    virtual awaitable<bool> remove(oci::Reference reference) = 0;
};

using transfer::OpenPlace;

class PlaceOpener {
public:
    PlaceOpener(Runtime& runtime, const Session& session);
    ~PlaceOpener();

    // Throws Error{not_found} for a file that is missing.
    awaitable<OpenPlace<image::Source>> open_source(image::PlaceName name, PlaceOptions options);
    OpenPlace<image::Sink> open_sink(const image::PlaceName& name, const PlaceOptions& options);
    // Registries and the warehouse only; throw Error{unsupported} for other places.
    OpenPlace<image::Listing> open_listing(const image::PlaceName& name, const PlaceOptions& options);
    OpenPlace<Remover> open_remover(const image::PlaceName& name, const PlaceOptions& options);
    // The warehouse of --data or CANG_DATA, opened once with that grace period (its default when not given). Throws
    // Error{invalid_argument} when neither is given.
    warehouse::Warehouse& open_warehouse(const PlaceOptions& options,
                                         std::optional<std::chrono::milliseconds> grace = std::nullopt);

private:
    struct Rooms;
    std::unique_ptr<Rooms> rooms_;
};

} // namespace cang::cli
