#include "transfer/packing.hpp"

namespace cang::transfer {

Packing::Packing(image::PlaceKind kind, image::Source& source, async::BlockingPool& pool, image::PackOptions options)
    : source_(source) {
    const bool plain = kind == image::PlaceKind::docker_archive || kind == image::PlaceKind::docker_daemon;
    if (plain && options.compression != oci::Compression::none)
        packed_ = std::make_unique<image::PackedSource>(source, pool, std::move(options));
}

image::Source& Packing::source_for(image::Sink& target) {
    if (!packed_ || !target.traits().compressed_layers)
        return source_;
    packed_->look_up_in([&target](oci::Digest diff_id) { return target.find_layer(std::move(diff_id)); });
    return *packed_;
}

} // namespace cang::transfer
