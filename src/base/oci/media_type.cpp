#include "base/oci/media_type.hpp"

#include <fmt/format.h>

namespace cang::oci {

bool is_index(std::string_view type) {
    return type == media_type::oci_index || type == media_type::docker_manifest_list;
}

bool is_image_manifest(std::string_view type) {
    return type == media_type::oci_manifest || type == media_type::docker_manifest;
}

bool is_manifest(std::string_view type) { return is_index(type) || is_image_manifest(type); }

bool is_config(std::string_view type) { return type == media_type::oci_config || type == media_type::docker_config; }

bool is_layer(std::string_view type) {
    return type.starts_with("application/vnd.oci.image.layer.") ||
           type.starts_with("application/vnd.docker.image.rootfs.");
}

bool is_foreign_layer(std::string_view type) {
    return type.starts_with("application/vnd.oci.image.layer.nondistributable.") ||
           type == media_type::docker_foreign_layer;
}

Compression layer_compression(std::string_view type) {
    if (type.ends_with("+gzip") || type.ends_with(".gzip"))
        return Compression::gzip;
    if (type.ends_with("+zstd") || type.ends_with(".zstd"))
        return Compression::zstd;
    return Compression::none;
}

std::string_view manifest_accept() {
    static const std::string value = fmt::format("{}, {}, {}, {}", media_type::oci_index, media_type::oci_manifest,
                                                 media_type::docker_manifest_list, media_type::docker_manifest);
    return value;
}

} // namespace cang::oci
