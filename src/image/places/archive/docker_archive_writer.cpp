#include "image/places/archive/docker_archive_writer.hpp"

#include "image/places/archive/resuming_reader.hpp"
#include "image/verify.hpp"
#include "io/compression.hpp"
#include "io/hash.hpp"
#include "io/pump.hpp"
#include "io/tar.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::archive {

namespace {

constexpr std::string_view kWriting = "writing the docker archive";

std::string layer_path(const oci::Digest& diff_id) { return diff_id.hex() + ".tar"; }
std::string config_path(const oci::Digest& digest) { return digest.hex() + ".json"; }

io::TarEntry layer_entry(const oci::Digest& diff_id, std::uint64_t size) {
    io::TarEntry entry;
    entry.name = layer_path(diff_id);
    entry.size = size;
    return entry;
}

// Makes room in front of a layer that turned out to need a longer header (8 GiB and more). Blocks.
void shift_up(const io::FileDescriptor& file, std::uint64_t offset, std::uint64_t size, std::uint64_t by) {
    std::vector<std::byte> buffer(8 * MiB);
    for (auto left = size; left > 0;) {
        const auto piece = std::min<std::uint64_t>(left, buffer.size());
        left -= piece;
        const auto bytes = std::span(buffer).first(piece);
        io::read_at(file, bytes, offset + left, kWriting);
        io::write_at(file, bytes, offset + left + by, kWriting);
    }
}

io::Compression compression_of(std::string_view media_type) {
    switch (oci::layer_compression(media_type)) {
    case oci::Compression::gzip: return io::Compression::gzip;
    case oci::Compression::zstd: return io::Compression::zstd;
    case oci::Compression::none: break;
    }
    return io::Compression::none;
}

} // namespace

DockerArchiveWriter::DockerArchiveWriter(io::SharedFile file, async::BlockingPool& pool, LayerLimits limits)
    : file_(std::move(file)), direct_(file_), pool_(pool), limits_(limits) {}

bool DockerArchiveWriter::has(const oci::Digest& digest) const {
    return layers_.contains(digest) || configs_.contains(digest);
}

awaitable<void> DockerArchiveWriter::put_blob(oci::Descriptor descriptor, image::BlobOpener open,
                                              image::ByteCount arrived) {
    if (oci::is_config(descriptor.media_type))
        co_await put_config(descriptor, open, arrived);
    else if (oci::is_layer(descriptor.media_type))
        co_await put_layer(descriptor, open, arrived);
    else
        throw Error(ErrorKind::unsupported,
                    fmt::format("a docker archive holds configs and layers of images, not {}", descriptor.media_type));
}

awaitable<void> DockerArchiveWriter::put_config(const oci::Descriptor& descriptor, const image::BlobOpener& open,
                                                const image::ByteCount& arrived) {
    auto reader = co_await open(0);
    auto verified = image::verifying_reader(std::move(reader), descriptor);
    auto bytes = co_await io::read_all(*verified, oci::ImageConfig::max_bytes);
    if (arrived)
        arrived(bytes.size());
    configs_.insert_or_assign(descriptor.digest, std::move(bytes));
}

awaitable<void> DockerArchiveWriter::put_layer(const oci::Descriptor& descriptor, const image::BlobOpener& open,
                                               const image::ByteCount& arrived) {
    const auto turn = co_await turns_.take();
    if (layers_.contains(descriptor.digest))
        co_return;
    // Name and size stand in front of the data and are known after it: room is left and filled in at the end.
    const auto reserved = io::tar_header(layer_entry(descriptor.digest, 0)).size();
    auto offset = position_ + reserved;
    io::InflateLimits limits;
    limits.max_bytes = limits_.max_bytes;
    limits.max_ratio = limits_.max_ratio;
    auto verified = image::verifying_reader(resuming_reader(open, arrived), descriptor);
    auto plain = io::decompressing_reader(std::move(verified), compression_of(descriptor.media_type), pool_, limits);
    io::Hash hash;
    const std::vector<io::BlockConsumer> consumers{[&hash](ByteView bytes) { hash.update(bytes); },
                                                   [this, &offset](ByteView bytes) {
                                                       direct_.write(bytes, offset, kWriting);
                                                       offset += bytes.size();
                                                   }};
    Layer layer;
    layer.size = co_await io::pump(*plain, pool_, consumers, io::kPumpBlock, {}, io::first_block_at(offset));
    layer.diff_id = hash.digest();
    // The same layer in another compression: its bytes are overwritten by what comes next.
    if (!written_.contains(layer.diff_id))
        co_await close_layer(layer, reserved);
    layers_[descriptor.digest] = layer;
}

awaitable<void> DockerArchiveWriter::close_layer(Layer layer, std::uint64_t reserved) {
    auto header = io::tar_header(layer_entry(layer.diff_id, layer.size));
    const auto begin = position_;
    const auto next = begin + header.size() + layer.size + io::tar_padding(layer.size);
    auto job = [file = file_, header, layer, begin, reserved] {
        if (header.size() > reserved)
            shift_up(*file, begin + reserved, layer.size, header.size() - reserved);
        io::write_at(*file, as_bytes(header), begin, kWriting);
        const std::string padding(io::tar_padding(layer.size), '\0');
        io::write_at(*file, as_bytes(padding), begin + header.size() + layer.size, kWriting);
    };
    co_await async::run_blocking(pool_, std::move(job));
    position_ = next;
    written_[layer.diff_id] = layer;
}

void DockerArchiveWriter::assume_layer(const oci::Digest& blob, const oci::Digest& diff_id) {
    Layer layer;
    layer.diff_id = diff_id;
    layers_.emplace(blob, layer);
}

oci::ImageConfig DockerArchiveWriter::config(const oci::Digest& digest) const {
    const auto bytes = configs_.find(digest);
    if (bytes == configs_.end())
        throw Error(ErrorKind::internal, fmt::format("the config {} was not delivered", digest.to_string()));
    auto parsed = oci::ImageConfig::parse(bytes->second);
    if (!parsed)
        throw Error(ErrorKind::corrupt, fmt::format("the image config {} is not valid: {}", digest.to_string(),
                                                    parsed.error().to_string()));
    return std::move(*parsed);
}

std::vector<std::string> DockerArchiveWriter::layer_paths(const oci::Manifest& manifest,
                                                          const oci::ImageConfig& config) const {
    if (manifest.layers().size() != config.diff_ids.size())
        throw Error(ErrorKind::corrupt, fmt::format("the image has {} layers, its config {}", manifest.layers().size(),
                                                    config.diff_ids.size()));
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < config.diff_ids.size(); ++i) {
        const auto& blob = manifest.layers()[i].digest;
        const auto layer = layers_.find(blob);
        if (layer == layers_.end())
            throw Error(ErrorKind::internal, fmt::format("the layer {} was not delivered", blob.to_string()));
        if (layer->second.diff_id != config.diff_ids[i])
            throw Error(ErrorKind::corrupt,
                        fmt::format("the layer {} has diff ID {}, the config promises {}", blob.to_string(),
                                    layer->second.diff_id.to_string(), config.diff_ids[i].to_string()));
        paths.push_back(layer_path(layer->second.diff_id));
    }
    return paths;
}

awaitable<void> DockerArchiveWriter::add_image(oci::Manifest manifest, std::string repo_tag) {
    if (manifest.is_index() || !manifest.config() || !oci::is_config(manifest.config()->media_type))
        throw Error(ErrorKind::unsupported, "a docker archive holds single container images only");
    const auto turn = co_await turns_.take();
    const auto& digest = manifest.config()->digest;
    auto paths = layer_paths(manifest, config(digest));
    const auto path = config_path(digest);
    auto image = std::ranges::find(images_, path, &ArchiveImage::config);
    if (image == images_.end()) {
        co_await append_file(path, configs_.at(digest));
        ArchiveImage added;
        added.config = path;
        added.layers = std::move(paths);
        images_.push_back(std::move(added));
        image = std::prev(images_.end());
    }
    if (repo_tag.empty())
        co_return;
    for (auto& other : images_)
        std::erase(other.repo_tags, repo_tag);
    image->repo_tags.push_back(std::move(repo_tag));
}

oci::Manifest DockerArchiveWriter::shown_manifest(const oci::Manifest& manifest) const {
    oci::ManifestParts parts;
    parts.config.media_type = oci::media_type::oci_config;
    parts.config.digest = manifest.config()->digest;
    parts.config.size = manifest.config()->size;
    for (const auto& descriptor : manifest.layers()) {
        const auto& layer = layers_.at(descriptor.digest);
        oci::Descriptor shown;
        shown.media_type = oci::media_type::oci_layer;
        shown.digest = layer.diff_id;
        shown.size = layer.size;
        parts.layers.push_back(std::move(shown));
    }
    return oci::make_manifest(parts);
}

awaitable<void> DockerArchiveWriter::append_file(std::string name, std::string content) {
    io::TarEntry entry;
    entry.name = std::move(name);
    entry.size = content.size();
    auto bytes = io::tar_header(entry) + content + std::string(io::tar_padding(content.size()), '\0');
    const auto size = bytes.size();
    auto job = [file = file_, at = position_, bytes = std::move(bytes)] {
        io::write_at(*file, as_bytes(bytes), at, kWriting);
    };
    co_await async::run_blocking(pool_, std::move(job));
    position_ += size;
}

awaitable<std::uint64_t> DockerArchiveWriter::finish() {
    const auto turn = co_await turns_.take();
    auto manifest = print_docker_manifest(images_);
    co_await append_file("manifest.json", std::move(manifest));
    auto job = [file = file_, at = position_] {
        const auto end = io::tar_end();
        io::write_at(*file, as_bytes(end), at, kWriting);
        // A layer that was given up on may have reached further.
        io::truncate_file(*file, at + end.size(), kWriting);
        return at + end.size();
    };
    co_return co_await async::run_blocking(pool_, std::move(job));
}

} // namespace cang::archive
