// Compressed layers for targets that keep them, out of places that do not (docker-archive, Docker Engine).
#pragma once

#include "image/packed_source.hpp"
#include "image/place_name.hpp"
#include "image/sink.hpp"

namespace cang::transfer {

// What copies read from: the source as it is, or with its layers compressed on the way. One for all copies out of a
// source, so that a layer that images share is compressed once.
class Packing {
public:
    // The source and the pool outlive it. `options.compression` may be none: nothing is compressed then.
    Packing(image::PlaceKind kind, image::Source& source, async::BlockingPool& pool, image::PackOptions options);

    // For the copies into `target`, which must stay until the next call.
    image::Source& source_for(image::Sink& target);

private:
    image::Source& source_;
    std::unique_ptr<image::PackedSource> packed_; // null: there is nothing to compress
};

} // namespace cang::transfer
