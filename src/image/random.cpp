#include "image/random.hpp"

#include "io/tar.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <isa-l/igzip_lib.h>

namespace cang::image {

namespace json = boost::json;

namespace {

// SplitMix64: the standard library's distributions differ between implementations.
std::uint64_t next_random(std::uint64_t& state) {
    std::uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

std::string gzip(const std::string& bytes) {
    std::string packed(bytes.size() + bytes.size() / 8 + 1024, '\0');
    isal_zstream stream;
    isal_deflate_stateless_init(&stream);
    stream.gzip_flag = IGZIP_GZIP;
    stream.end_of_stream = 1;
    stream.flush = NO_FLUSH;
    stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<std::uint32_t>(bytes.size());
    stream.next_out = reinterpret_cast<std::uint8_t*>(packed.data());
    stream.avail_out = static_cast<std::uint32_t>(packed.size());
    if (isal_deflate_stateless(&stream) != COMP_OK)
        throw Error(ErrorKind::internal, "ISA-L refused to compress");
    packed.resize(stream.total_out);
    return packed;
}

// A tar of one file. The first half of the file is zeros, so that compression has something to do.
std::string make_layer(std::uint64_t seed, std::size_t file_bytes) {
    io::TarEntry entry;
    entry.name = fmt::format("files/{:016x}", seed);
    entry.size = file_bytes;
    std::string layer = io::tar_header(entry);
    layer.append(file_bytes / 2, '\0');
    layer += random_bytes(seed, file_bytes - file_bytes / 2);
    layer.append(io::tar_padding(file_bytes), '\0');
    return layer + io::tar_end();
}

std::string layer_type(const RandomImageOptions& options) {
    bool packed = options.compression == oci::Compression::gzip;
    if (options.docker)
        return std::string(packed ? oci::media_type::docker_layer_gzip : oci::media_type::docker_layer);
    return std::string(packed ? oci::media_type::oci_layer_gzip : oci::media_type::oci_layer);
}

std::string make_config(const RandomImageOptions& options, const json::array& diff_ids) {
    json::object labels;
    for (const auto& [key, value] : options.labels)
        labels[key] = value;
    json::object settings;
    settings["Env"] = json::array{"PATH=/usr/bin:/bin", fmt::format("SEED={}", options.seed)};
    settings["Cmd"] = json::array{"/bin/sh"};
    settings["WorkingDir"] = "/";
    settings["Labels"] = std::move(labels);
    json::array history;
    for (std::size_t i = 0; i < diff_ids.size(); ++i)
        history.push_back(
            json::object{{"created", "2026-01-01T00:00:00Z"}, {"created_by", fmt::format("layer {}", i)}});
    json::object config = to_json(options.platform);
    config["created"] = "2026-01-01T00:00:00Z";
    config["config"] = std::move(settings);
    config["rootfs"] = json::object{{"type", "layers"}, {"diff_ids", diff_ids}};
    config["history"] = std::move(history);
    return json::serialize(config);
}

} // namespace

oci::Descriptor ImageContent::add_blob(std::string bytes, std::string media_type, oci::DigestAlgorithm algorithm) {
    oci::Descriptor descriptor;
    descriptor.media_type = std::move(media_type);
    descriptor.digest = oci::Digest::of(bytes, algorithm);
    descriptor.size = bytes.size();
    blobs.emplace(descriptor.digest, std::make_shared<const std::string>(std::move(bytes)));
    return descriptor;
}

void ImageContent::add(const ImageContent& other) {
    manifests.insert(manifests.end(), other.manifests.begin(), other.manifests.end());
    blobs.insert(other.blobs.begin(), other.blobs.end());
}

std::string random_bytes(std::uint64_t seed, std::size_t count) {
    std::string bytes;
    bytes.reserve(count + 8);
    while (bytes.size() < count) {
        auto value = next_random(seed);
        bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    bytes.resize(count);
    return bytes;
}

ImageContent random_image(const RandomImageOptions& options) {
    ImageContent content;
    oci::ManifestParts parts;
    json::array diff_ids;
    for (std::size_t i = 0; i < options.layers; ++i) {
        auto layer = make_layer(options.seed * 1000 + i, options.layer_bytes);
        // Diff IDs are sha256 whatever the manifest uses: Docker knows no other.
        diff_ids.push_back(json::string(oci::Digest::of(layer).to_string()));
        if (options.compression == oci::Compression::gzip)
            layer = gzip(layer);
        parts.layers.push_back(content.add_blob(std::move(layer), layer_type(options), options.algorithm));
    }
    auto config_type = options.docker ? oci::media_type::docker_config : oci::media_type::oci_config;
    parts.media_type = options.docker ? oci::media_type::docker_manifest : oci::media_type::oci_manifest;
    parts.config = content.add_blob(make_config(options, diff_ids), std::string(config_type), options.algorithm);
    parts.annotations = options.annotations;
    auto manifest = oci::make_manifest(parts);
    content.manifests.push_back(oci::require_manifest(manifest.bytes(), manifest.media_type(), options.algorithm));
    return content;
}

ImageContent random_index(const std::vector<oci::Platform>& platforms, const RandomImageOptions& options) {
    ImageContent content;
    oci::IndexParts parts;
    auto child = options;
    for (const auto& platform : platforms) {
        child.platform = platform;
        ++child.seed;
        auto image = random_image(child);
        oci::Descriptor descriptor;
        descriptor.media_type = image.root().media_type();
        descriptor.digest = image.root().digest();
        descriptor.size = image.root().bytes().size();
        descriptor.platform = platform;
        parts.manifests.push_back(std::move(descriptor));
        content.add(image);
    }
    parts.media_type = options.docker ? oci::media_type::docker_manifest_list : oci::media_type::oci_index;
    auto index = oci::make_index(parts);
    content.manifests.push_back(oci::require_manifest(index.bytes(), index.media_type(), options.algorithm));
    return content;
}

ImageContent random_artifact(std::uint64_t seed, std::string artifact_type, std::optional<oci::Descriptor> subject) {
    ImageContent content;
    oci::ManifestParts parts;
    parts.config = content.add_blob("{}", std::string(oci::media_type::oci_empty));
    parts.layers.push_back(content.add_blob(random_bytes(seed, 256), "application/octet-stream"));
    parts.artifact_type = std::move(artifact_type);
    parts.subject = std::move(subject);
    content.manifests.push_back(oci::make_manifest(parts));
    return content;
}

} // namespace cang::image
