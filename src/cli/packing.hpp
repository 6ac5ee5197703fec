// Compressed layers for targets that keep them, out of places that do not (docker-archive, Docker Engine).
#pragma once

#include "cli/place_name.hpp"
#include "cli/runtime.hpp"
#include "image/packed_source.hpp"
#include "image/sink.hpp"

namespace cang::cli {

// What copies read from: the source as it is, or with its layers compressed on the way. One for all copies out of a
// source, so that a layer that images share is compressed once.
class Packing {
public:
    // The source and the runtime outlive it.
    Packing(PlaceKind kind, image::Source& source, oci::Compression compression, Runtime& runtime);

    // For the copies into `target`, which must stay until the next call.
    image::Source& source_for(image::Sink& target);

private:
    image::Source& source_;
    std::unique_ptr<image::PackedSource> packed_; // null: there is nothing to compress
};

} // namespace cang::cli
