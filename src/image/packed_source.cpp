#include "image/packed_source.hpp"

#include "async/for_each_limit.hpp"
#include "image/verify.hpp"
#include "io/compression.hpp"
#include "io/file_stream.hpp"
#include "io/hash.hpp"
#include "io/pump.hpp"
#include "io/temp_file.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::image {

namespace {

constexpr std::string_view kSpooling = "storing a compressed layer";

bool is_plain(const oci::Descriptor& layer) {
    return oci::is_layer(layer.media_type) && !oci::is_foreign_layer(layer.media_type) &&
           oci::layer_compression(layer.media_type) == oci::Compression::none;
}

bool is_docker(const oci::Manifest& image) { return image.media_type() == oci::media_type::docker_manifest; }

// Docker's schema 2 has no name for zstd.
std::optional<std::string_view> layer_type(bool docker, oci::Compression compression) {
    switch (compression) {
    case oci::Compression::gzip: return docker ? oci::media_type::docker_layer_gzip : oci::media_type::oci_layer_gzip;
    case oci::Compression::zstd: return docker ? std::nullopt : std::optional(oci::media_type::oci_layer_zstd);
    case oci::Compression::none: break;
    }
    return std::nullopt;
}

io::Compression to_io(oci::Compression compression) {
    return compression == oci::Compression::zstd ? io::Compression::zstd : io::Compression::gzip;
}

oci::Descriptor describe(const oci::Manifest& image) {
    oci::Descriptor descriptor;
    descriptor.media_type = image.media_type();
    descriptor.digest = image.digest();
    descriptor.size = image.bytes().size();
    return descriptor;
}

} // namespace

PackedSource::PackedSource(Source& inner, async::BlockingPool& pool, PackOptions options)
    : inner_(inner), pool_(pool), options_(std::move(options)) {
    if (options_.spool_directory.empty())
        options_.spool_directory = std::filesystem::temp_directory_path();
}

void PackedSource::look_up_in(LayerLookup lookup) {
    lookup_ = std::move(lookup);
    std::erase_if(layers_, [](const auto& entry) { return !entry.second.file; });
    made_.clear();
}

awaitable<std::optional<oci::Descriptor>> PackedSource::find(const oci::Reference& reference) {
    const auto found = co_await inner_.find(reference);
    if (!found || !oci::is_image_manifest(found->media_type))
        co_return found;
    const auto turn = co_await turns_.take();
    auto made = made_.find(found->digest);
    if (made == made_.end()) {
        auto image = co_await inner_.get_manifest(*found);
        auto packed = co_await pack(std::move(image));
        made = made_.emplace(found->digest, std::move(packed)).first;
    }
    co_return describe(made->second);
}

awaitable<oci::Manifest> PackedSource::pack(oci::Manifest image) {
    std::vector<oci::Descriptor> plain; // every one once
    for (const auto& layer : image.layers())
        if (is_plain(layer) && std::ranges::find(plain, layer.digest, &oci::Descriptor::digest) == plain.end())
            plain.push_back(layer);
    if (plain.empty())
        co_return image;
    const bool docker = is_docker(image);
    std::function<awaitable<void>(std::size_t)> body = [this, &plain, docker](std::size_t i) {
        return ensure_layer(plain[i], docker);
    };
    co_await async::for_each_index(plain.size(), options_.concurrent_layers, std::move(body));

    oci::ManifestParts parts;
    parts.media_type = image.media_type();
    parts.config = *image.config();
    for (const auto& layer : image.layers()) {
        auto& kept = parts.layers.emplace_back(layer);
        if (!is_plain(layer))
            continue;
        const auto& packed = layers_.at(layer.digest).packed;
        kept.media_type = *layer_type(docker, oci::layer_compression(packed.media_type));
        kept.digest = packed.digest;
        kept.size = packed.size;
        kept.data.reset();
    }
    parts.subject = image.subject();
    // An image's own artifact type is its config's, which goes without saying.
    if (image.artifact_type() != parts.config.media_type)
        parts.artifact_type = image.artifact_type();
    parts.annotations = image.annotations();
    co_return oci::make_manifest(parts);
}

awaitable<void> PackedSource::ensure_layer(oci::Descriptor plain, bool docker) {
    const auto have = layers_.find(plain.digest);
    if (have != layers_.end() && layer_type(docker, oci::layer_compression(have->second.packed.media_type)))
        co_return;
    std::optional<oci::Descriptor> known;
    if (lookup_)
        known = co_await lookup_(plain.digest);
    if (known && layer_type(docker, oci::layer_compression(known->media_type))) {
        const auto diff_id = plain.digest;
        layers_.insert_or_assign(diff_id, Layer{std::move(plain), std::move(*known), nullptr});
        co_return;
    }
    if (!layer_type(docker, options_.compression))
        throw Error(ErrorKind::unsupported, "an image in Docker's format cannot have layers compressed with zstd");
    const auto diff_id = plain.digest;
    auto layer = co_await compress(std::move(plain));
    layers_.insert_or_assign(diff_id, std::move(layer));
}

awaitable<PackedSource::Layer> PackedSource::compress(oci::Descriptor plain) {
    auto create = [directory = options_.spool_directory] {
        return std::make_shared<const io::FileDescriptor>(io::create_temp_file(directory));
    };
    io::SharedFile file = co_await async::run_blocking(pool_, std::move(create));
    auto raw = co_await inner_.open_blob(plain);
    auto verified = verifying_reader(std::move(raw), plain);
    const auto packed = io::compressing_reader(std::move(verified), to_io(options_.compression), pool_);
    io::Hash hash(plain.digest.algorithm());
    std::uint64_t written = 0;
    const std::vector<io::BlockConsumer> consumers{[&hash](ByteView bytes) { hash.update(bytes); },
                                                   [&file, &written](ByteView bytes) {
                                                       io::write_at(*file, bytes, written, kSpooling);
                                                       written += bytes.size();
                                                   }};
    co_await io::pump(*packed, pool_, consumers);
    Layer layer;
    layer.plain = std::move(plain);
    layer.packed.media_type = *layer_type(false, options_.compression);
    layer.packed.digest = hash.digest();
    layer.packed.size = written;
    layer.file = std::move(file);
    co_return layer;
}

awaitable<oci::Manifest> PackedSource::get_manifest(const oci::Descriptor& descriptor) {
    for (const auto& [digest, image] : made_)
        if (image.digest() == descriptor.digest)
            co_return image;
    co_return co_await inner_.get_manifest(descriptor);
}

PackedSource::Layer* PackedSource::find_packed(const oci::Digest& digest) {
    const auto found =
        std::ranges::find_if(layers_, [&](const auto& entry) { return entry.second.packed.digest == digest; });
    return found == layers_.end() ? nullptr : &found->second;
}

// The target said that it has this layer, and now asks for it.
awaitable<void> PackedSource::compress_again(oci::Digest packed) {
    const auto turn = co_await turns_.take();
    auto* layer = find_packed(packed);
    if (layer == nullptr || layer->file)
        co_return;
    auto made = co_await compress(layer->plain);
    if (made.packed.digest != packed)
        throw Error(ErrorKind::conflict,
                    fmt::format("layer {} went away from the target during the copy; copy again", packed.to_string()));
    const auto diff_id = made.plain.digest;
    layers_.insert_or_assign(diff_id, std::move(made));
}

awaitable<io::ReaderPtr> PackedSource::open_blob(const oci::Descriptor& descriptor, std::uint64_t offset) {
    const auto* layer = find_packed(descriptor.digest);
    if (layer == nullptr)
        co_return co_await inner_.open_blob(descriptor, offset);
    if (!layer->file) {
        co_await compress_again(descriptor.digest);
        layer = find_packed(descriptor.digest);
    }
    const auto size = layer->packed.size;
    const auto begin = std::min(offset, size);
    co_return io::file_reader(layer->file, begin, size - begin, pool_, "reading a compressed layer");
}

awaitable<std::vector<oci::Descriptor>> PackedSource::list_referrers(const oci::Digest& subject) {
    return inner_.list_referrers(subject);
}

awaitable<std::optional<oci::Descriptor>> PackedSource::find_layer(const oci::Digest& diff_id) {
    return inner_.find_layer(diff_id);
}

} // namespace cang::image
