#include "image/places/archive/docker_archive_source.hpp"

#include "io/hash.hpp"
#include "io/plain_file.hpp"
#include "io/pump.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace cang::archive {

namespace {

constexpr std::string_view kReading = "reading the docker archive";
constexpr std::string_view kBlobPrefix = "blobs/sha256/";

std::string_view layer_type(io::Compression compression) {
    switch (compression) {
    case io::Compression::gzip: return oci::media_type::oci_layer_gzip;
    case io::Compression::zstd: return oci::media_type::oci_layer_zstd;
    case io::Compression::none: break;
    }
    return oci::media_type::oci_layer;
}

// New archives name blobs by digest; whoever reads the blob verifies it.
std::optional<oci::Digest> digest_in(const std::string& path) {
    if (!path.starts_with(kBlobPrefix))
        return std::nullopt;
    auto digest = oci::Digest::parse("sha256:" + path.substr(kBlobPrefix.size()));
    return digest ? std::optional(*digest) : std::nullopt;
}

} // namespace

DockerArchiveSource::DockerArchiveSource(io::SharedFile file, ArchiveEntries entries, async::BlockingPool& pool)
    : file_(std::move(file)), entries_(std::move(entries)), pool_(pool) {}

awaitable<std::unique_ptr<DockerArchiveSource>> DockerArchiveSource::open(io::SharedFile file,
                                                                          async::BlockingPool& pool) {
    auto index = co_await io::TarIndex::read(file, pool);
    ArchiveEntries entries(std::move(index));
    std::unique_ptr<DockerArchiveSource> source(new DockerArchiveSource(std::move(file), std::move(entries), pool));
    co_await source->read_images();
    co_return source;
}

awaitable<void> DockerArchiveSource::read_images() {
    const auto* entry = entries_.find_file("manifest.json");
    if (entry == nullptr)
        throw Error(ErrorKind::invalid_argument, "this is not a docker archive: it has no manifest.json");
    Blob blob;
    blob.offset = entry->data_offset;
    blob.size = entry->size;
    auto reader = read_entry(blob, 0);
    const auto bytes = co_await io::read_all(*reader, ArchiveLimits::manifest_bytes);
    auto images = parse_docker_manifest(bytes);
    if (!images)
        throw Error(ErrorKind::corrupt,
                    fmt::format("the archive's manifest.json is not valid: {}", images.error().reason));
    images_ = std::move(*images);
    shown_.resize(images_.size());
}

const io::TarEntry& DockerArchiveSource::require_file(const std::string& path) const {
    const auto* entry = entries_.find_file(path);
    if (entry == nullptr)
        throw Error(ErrorKind::corrupt,
                    fmt::format("the archive's manifest.json names {}, which it does not hold", path));
    return *entry;
}

io::ReaderPtr DockerArchiveSource::read_entry(const Blob& blob, std::uint64_t offset) const {
    const auto skipped = std::min(offset, blob.size);
    return io::file_reader(file_, blob.offset + skipped, blob.size - skipped, pool_, kReading);
}

awaitable<oci::Descriptor> DockerArchiveSource::show_config(std::string path, oci::ImageConfig& config) {
    const auto& entry = require_file(path);
    Blob blob;
    blob.offset = entry.data_offset;
    blob.size = entry.size;
    auto reader = read_entry(blob, 0);
    const auto bytes = co_await io::read_all(*reader, oci::ImageConfig::max_bytes);
    auto parsed = oci::ImageConfig::parse(bytes);
    if (!parsed)
        throw Error(ErrorKind::corrupt,
                    fmt::format("the archive's {} is not a valid image config: {}", path, parsed.error().to_string()));
    config = std::move(*parsed);
    oci::Descriptor descriptor;
    descriptor.media_type = oci::media_type::oci_config;
    descriptor.digest = oci::Digest::of(bytes);
    descriptor.size = bytes.size();
    blobs_[descriptor.digest] = blob;
    co_return descriptor;
}

awaitable<oci::Descriptor> DockerArchiveSource::show_layer(std::string path, oci::Digest diff_id) {
    const auto& entry = require_file(path);
    Blob blob;
    blob.offset = entry.data_offset;
    blob.size = entry.size;
    std::array<std::byte, io::kMagicBytes> magic{};
    auto sniff = [this, &magic, &blob] {
        return io::read_at(*file_, std::span(magic).first(std::min<std::uint64_t>(magic.size(), blob.size)),
                           blob.offset, kReading);
    };
    const auto length = co_await async::run_blocking(pool_, std::move(sniff));
    const auto compression = io::detect_compression(std::span(magic).first(length));

    oci::Descriptor descriptor;
    descriptor.media_type = layer_type(compression);
    descriptor.size = blob.size;
    descriptor.digest = diff_id;
    const auto known = layers_.find(path);
    if (compression != io::Compression::none && known != layers_.end()) {
        descriptor = known->second;
    } else if (compression != io::Compression::none) {
        const auto named = digest_in(path);
        io::Hash hash;
        auto reader = read_entry(blob, 0);
        const std::vector<io::BlockConsumer> consumers{[&hash](ByteView bytes) { hash.update(bytes); }};
        if (!named)
            co_await io::pump(*reader, pool_, consumers);
        descriptor.digest = named ? *named : hash.digest();
        layers_.emplace(path, descriptor);
    }
    blobs_[descriptor.digest] = blob;
    co_return descriptor;
}

awaitable<oci::Descriptor> DockerArchiveSource::show(std::size_t image) {
    if (shown_[image])
        co_return shown_[image]->descriptor();
    const auto& entry = images_[image];
    oci::ImageConfig config;
    oci::ManifestParts parts;
    parts.config = co_await show_config(entry.config, config);
    if (config.diff_ids.size() != entry.layers.size())
        throw Error(ErrorKind::corrupt, fmt::format("the archive's {} has {} layers, its config {}", entry.config,
                                                    entry.layers.size(), config.diff_ids.size()));
    for (std::size_t i = 0; i < entry.layers.size(); ++i) {
        auto layer = co_await show_layer(entry.layers[i], config.diff_ids[i]);
        parts.layers.push_back(std::move(layer));
    }
    shown_[image] = oci::make_manifest(parts);
    co_return shown_[image]->descriptor();
}

awaitable<std::optional<std::size_t>> DockerArchiveSource::find_by_digest(oci::Digest digest) {
    // What was shown is what a copy asks for; looking further reads every config of the archive.
    for (std::size_t i = 0; i < images_.size(); ++i)
        if (shown_[i] && (shown_[i]->digest() == digest || shown_[i]->config()->digest == digest))
            co_return i;
    for (std::size_t i = 0; i < images_.size(); ++i) {
        const auto descriptor = co_await show(i);
        if (descriptor.digest == digest || shown_[i]->config()->digest == digest)
            co_return i;
    }
    co_return std::nullopt;
}

awaitable<std::optional<oci::Descriptor>> DockerArchiveSource::find(const oci::Reference& reference) {
    std::optional<std::size_t> image;
    if (reference.digest) {
        image = co_await find_by_digest(*reference.digest);
    } else if (const auto* found = find_image(images_, reference)) {
        image = static_cast<std::size_t>(found - images_.data());
    }
    if (!image)
        co_return std::nullopt;
    auto descriptor = co_await show(*image);
    descriptor.artifact_type.clear();
    co_return descriptor;
}

bool DockerArchiveSource::holds(const oci::Digest& digest) const {
    const auto is_shown = [&](const auto& manifest) { return manifest && manifest->digest() == digest; };
    return blobs_.contains(digest) || std::ranges::any_of(shown_, is_shown);
}

awaitable<oci::Manifest> DockerArchiveSource::get_manifest(const oci::Descriptor& descriptor) {
    const auto image = co_await find_by_digest(descriptor.digest);
    if (!image || shown_[*image]->digest() != descriptor.digest)
        throw Error(ErrorKind::not_found, fmt::format("the archive has no manifest {}", descriptor.digest.to_string()));
    co_return *shown_[*image];
}

awaitable<io::ReaderPtr> DockerArchiveSource::open_blob(const oci::Descriptor& descriptor, std::uint64_t offset) {
    const auto blob = blobs_.find(descriptor.digest);
    if (blob == blobs_.end())
        throw Error(ErrorKind::not_found, fmt::format("the archive has no blob {}", descriptor.digest.to_string()));
    co_return read_entry(blob->second, offset);
}

awaitable<std::vector<oci::Descriptor>> DockerArchiveSource::list_referrers(const oci::Digest&) {
    co_return std::vector<oci::Descriptor>();
}

awaitable<std::unique_ptr<DockerArchiveSource>>
open_docker_archive(std::filesystem::path path, async::BlockingPool& pool, DockerArchiveOptions options) {
    io::InflateLimits limits;
    limits.max_bytes = options.max_bytes;
    auto file = co_await io::open_plain(std::move(path), options.spool_directory, pool, limits, kReading);
    co_return co_await DockerArchiveSource::open(std::move(file), pool);
}

} // namespace cang::archive
