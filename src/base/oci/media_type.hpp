// Media types of the OCI image-spec 1.1 and Docker schema 2.
#pragma once

#include <string>
#include <string_view>

namespace cang::oci {

namespace media_type {
inline constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view oci_index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view oci_config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view oci_layer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view oci_layer_gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view oci_layer_zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr std::string_view oci_empty = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view docker_manifest_list = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view docker_config = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view docker_layer = "application/vnd.docker.image.rootfs.diff.tar";
inline constexpr std::string_view docker_layer_gzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
inline constexpr std::string_view docker_foreign_layer = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
} // namespace media_type

enum class Compression { none, gzip, zstd };

bool is_index(std::string_view type);          // OCI index or Docker manifest list
bool is_image_manifest(std::string_view type); // OCI manifest or Docker schema 2
bool is_manifest(std::string_view type);       // either of the two above
bool is_config(std::string_view type);         // OCI or Docker image config
bool is_layer(std::string_view type);          // any tar layer, foreign ones included
bool is_foreign_layer(std::string_view type);  // may be absent from the registry (has urls)
Compression layer_compression(std::string_view type);
// The Accept header value that asks for every manifest type we read.
std::string_view manifest_accept();

} // namespace cang::oci
