#include "cli/packing.hpp"

namespace cang::cli {

Packing::Packing(PlaceKind kind, image::Source& source, oci::Compression compression, Runtime& runtime)
    : source_(source) {
    const bool plain = kind == PlaceKind::docker_archive || kind == PlaceKind::docker_daemon;
    if (!plain || compression == oci::Compression::none)
        return;
    image::PackOptions options;
    options.compression = compression;
    packed_ = std::make_unique<image::PackedSource>(source, runtime.pool, std::move(options));
}

image::Source& Packing::source_for(image::Sink& target) {
    if (!packed_ || !target.traits().compressed_layers)
        return source_;
    packed_->look_up_in([&target](oci::Digest diff_id) { return target.find_layer(std::move(diff_id)); });
    return *packed_;
}

} // namespace cang::cli
