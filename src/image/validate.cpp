#include "image/validate.hpp"

#include "base/oci/image_config.hpp"
#include "image/copy_plan.hpp"
#include "image/verify.hpp"
#include "io/compression.hpp"
#include "io/hash.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace cang::image {

namespace {

constexpr std::size_t kReadBuffer = 256 * KiB;

class Validator {
public:
    Validator(Source& source, async::BlockingPool& pool) : source_(source), pool_(pool) {}

    awaitable<void> check_manifest(oci::Descriptor descriptor, std::size_t depth);
    std::vector<std::string> take_violations() { return std::move(violations_); }

private:
    awaitable<void> check_index(oci::Manifest index, std::size_t depth);
    awaitable<void> check_image(oci::Manifest image);
    awaitable<std::optional<oci::ImageConfig>> check_config(oci::Descriptor descriptor);
    awaitable<void> check_layer(oci::Descriptor layer, std::optional<oci::Digest> diff_id);
    awaitable<void> check_blob(oci::Descriptor descriptor);
    // Verified; drains the reader. Of the uncompressed bytes when `inflate`.
    awaitable<oci::Digest> digest_of(oci::Descriptor descriptor, bool inflate);
    awaitable<io::ReaderPtr> open(oci::Descriptor descriptor);
    void note_failure(std::string_view what, const Error& error);
    void note(std::string violation) { violations_.push_back(std::move(violation)); }

    Source& source_;
    async::BlockingPool& pool_;
    std::vector<std::string> violations_;
    std::set<oci::Digest> seen_;
};

std::string name_of(std::string_view kind, const oci::Descriptor& descriptor) {
    return fmt::format("{} {}", kind, descriptor.digest.to_string());
}

// Cancellation is no property of the image.
void Validator::note_failure(std::string_view what, const Error& error) {
    if (error.kind() == ErrorKind::cancelled)
        throw error;
    note(fmt::format("{}: {}", what, error.message()));
}

awaitable<void> Validator::check_manifest(oci::Descriptor descriptor, std::size_t depth) {
    auto name = name_of("manifest", descriptor);
    if (!seen_.insert(descriptor.digest).second)
        co_return;
    if (depth > GraphLimits::depth) {
        note(fmt::format("{}: is nested deeper than {} levels", name, GraphLimits::depth));
        co_return;
    }
    std::optional<oci::Manifest> manifest;
    try {
        manifest = co_await source_.get_manifest(descriptor);
    } catch (...) {
        note_failure(name, current_error());
    }
    if (!manifest)
        co_return;
    if (oci::Digest::of(manifest->bytes(), descriptor.digest.algorithm()) != descriptor.digest)
        note(fmt::format("{}: the bytes are not what the digest says", name));
    if (manifest->bytes().size() != descriptor.size)
        note(fmt::format("{}: has {} bytes, but its descriptor says {}", name, manifest->bytes().size(),
                         descriptor.size));
    if (manifest->media_type() != descriptor.media_type)
        note(fmt::format("{}: is {}, but its descriptor says {}", name, manifest->media_type(), descriptor.media_type));
    if (manifest->is_index())
        co_await check_index(std::move(*manifest), depth);
    else
        co_await check_image(std::move(*manifest));
}

awaitable<void> Validator::check_index(oci::Manifest index, std::size_t depth) {
    for (const auto& child : index.manifests()) {
        if (oci::is_manifest(child.media_type))
            co_await check_manifest(child, depth + 1);
        else
            co_await check_blob(child);
    }
}

awaitable<void> Validator::check_image(oci::Manifest image) {
    std::optional<oci::ImageConfig> config;
    if (oci::is_config(image.config()->media_type))
        config = co_await check_config(*image.config());
    else
        co_await check_blob(*image.config());
    if (config && config->diff_ids.size() != image.layers().size()) {
        note(fmt::format("manifest {}: has {} layers, but its config has {} diff IDs", image.digest().to_string(),
                         image.layers().size(), config->diff_ids.size()));
        config.reset();
    }
    for (std::size_t i = 0; i < image.layers().size(); ++i) {
        std::optional<oci::Digest> diff_id;
        if (config)
            diff_id = config->diff_ids[i];
        co_await check_layer(image.layers()[i], std::move(diff_id));
    }
}

awaitable<std::optional<oci::ImageConfig>> Validator::check_config(oci::Descriptor descriptor) {
    auto name = name_of("config", descriptor);
    std::string bytes;
    try {
        auto reader = co_await open(descriptor);
        bytes = co_await io::read_all(*reader, oci::ImageConfig::max_bytes);
    } catch (...) {
        note_failure(name, current_error());
        co_return std::nullopt;
    }
    auto config = oci::ImageConfig::parse(bytes);
    if (!config) {
        note(fmt::format("{}: {}", name, config.error().reason));
        co_return std::nullopt;
    }
    auto filled = std::ranges::count(config->history, false, &oci::HistoryEntry::empty_layer);
    if (!config->history.empty() && static_cast<std::size_t>(filled) != config->diff_ids.size())
        note(fmt::format("{}: its history tells of {} layers, but it has {} diff IDs", name, filled,
                         config->diff_ids.size()));
    co_return std::move(*config);
}

awaitable<void> Validator::check_layer(oci::Descriptor layer, std::optional<oci::Digest> diff_id) {
    if (oci::is_foreign_layer(layer.media_type))
        co_return;
    if (!diff_id || !oci::is_layer(layer.media_type)) {
        co_await check_blob(std::move(layer));
        co_return;
    }
    auto name = name_of("layer", layer);
    try {
        auto digest = co_await digest_of(std::move(layer), true);
        if (digest != *diff_id)
            note(fmt::format("{}: its content is {}, but the config's diff ID is {}", name, digest.to_string(),
                             diff_id->to_string()));
    } catch (...) {
        note_failure(name, current_error());
    }
}

awaitable<void> Validator::check_blob(oci::Descriptor descriptor) {
    if (!seen_.insert(descriptor.digest).second)
        co_return;
    auto name = name_of("blob", descriptor);
    try {
        co_await digest_of(std::move(descriptor), false);
    } catch (...) {
        note_failure(name, current_error());
    }
}

awaitable<io::ReaderPtr> Validator::open(oci::Descriptor descriptor) {
    auto raw = co_await source_.open_blob(descriptor);
    co_return verifying_reader(std::move(raw), descriptor);
}

awaitable<oci::Digest> Validator::digest_of(oci::Descriptor descriptor, bool inflate) {
    auto reader = co_await open(std::move(descriptor));
    if (inflate)
        reader = co_await io::decompress(std::move(reader), pool_);
    io::Hash hash;
    std::vector<std::byte> buffer(kReadBuffer);
    for (;;) {
        auto length = co_await reader->read(buffer);
        if (length == 0)
            co_return hash.digest();
        hash.update(ByteView(buffer).first(length));
    }
}

} // namespace

awaitable<std::vector<std::string>> validate(Source& source, oci::Descriptor root, async::BlockingPool& pool) {
    Validator validator(source, pool);
    co_await validator.check_manifest(std::move(root), 0);
    co_return validator.take_violations();
}

} // namespace cang::image
