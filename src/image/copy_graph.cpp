#include "image/copy_graph.hpp"

#include "async/for_each_limit.hpp"
#include "base/oci/image_config.hpp"

#include <fmt/format.h>

namespace cang::image {

namespace {

constexpr std::size_t kConcurrentManifests = 8; // small requests; more gains nothing on loopback or over a WAN

} // namespace

async::RetryPolicy retry_policy(const CopyOptions& options) {
    async::RetryPolicy policy;
    policy.attempts = options.attempts;
    policy.first_delay = options.first_delay;
    return policy;
}

async::RetryObserver report_retry(CopyProgress& progress, std::string what) {
    return [&progress, what = std::move(what)](const Error& error, std::chrono::milliseconds delay) {
        progress.retrying(what, error.message(), delay);
    };
}

awaitable<oci::Manifest> GraphLoader::get_manifest(oci::Descriptor descriptor) {
    std::optional<oci::Manifest> manifest;
    std::function<awaitable<void>()> action = [&]() -> awaitable<void> {
        manifest = co_await source_.get_manifest(descriptor);
    };
    auto observe = report_retry(progress_, fmt::format("manifest {}", descriptor.digest.to_string()));
    co_await async::retry(retry_policy(options_), std::move(action), std::move(observe));
    co_return std::move(*manifest);
}

awaitable<oci::Manifest> GraphLoader::choose_root(oci::Descriptor found, SinkTraits traits) {
    auto root = co_await get_manifest(std::move(found));
    if (!root.is_index()) {
        if (!options_.platforms.empty())
            co_await check_platform(root);
        co_return root;
    }
    if (options_.platforms.empty() && traits.indexes)
        co_return root;
    if (options_.platforms.size() > 1) {
        if (!traits.indexes)
            throw Error(ErrorKind::unsupported, "the target holds single images only: choose one platform");
        co_return keep_platforms(root, options_.platforms, name_);
    }
    auto wanted =
        options_.platforms.empty() ? choose_platform(root, oci::Platform::host(), name_) : options_.platforms.front();
    co_return co_await find_image(std::move(root), std::move(wanted));
}

awaitable<oci::Manifest> GraphLoader::find_image(oci::Manifest index, oci::Platform wanted) {
    auto image = co_await search_nested(index, wanted, 0);
    if (!image)
        throw Error(ErrorKind::not_found, fmt::format("{} is not built for {}, only for {}", name_, wanted.to_string(),
                                                      to_text(platforms_of(index))));
    co_return std::move(*image);
}

awaitable<std::optional<oci::Manifest>> GraphLoader::search_nested(oci::Manifest index, oci::Platform wanted,
                                                                   std::size_t depth) {
    if (auto match = oci::select_platform(index, wanted)) {
        auto child = co_await get_manifest(*match);
        if (!child.is_index())
            co_return child;
    }
    if (depth >= GraphLimits::depth)
        co_return std::nullopt;
    for (const auto& child : index.manifests()) {
        if (!oci::is_index(child.media_type))
            continue;
        auto nested = co_await get_manifest(child);
        auto image = co_await search_nested(std::move(nested), wanted, depth + 1);
        if (image)
            co_return image;
    }
    co_return std::nullopt;
}

// A single image has its platform in its config only.
awaitable<void> GraphLoader::check_platform(oci::Manifest image) {
    if (!oci::is_config(image.config()->media_type))
        co_return;
    auto reader = co_await source_.open_blob(*image.config());
    auto text = co_await io::read_all(*reader, oci::ImageConfig::max_bytes);
    auto config = oci::ImageConfig::parse(text);
    if (!config)
        throw Error(ErrorKind::corrupt, fmt::format("the config of {} is invalid: {}", name_, config.error().reason));
    for (const auto& wanted : options_.platforms)
        if (!config->platform.satisfies(wanted))
            throw Error(ErrorKind::not_found, fmt::format("{} is not built for {}, only for {}", name_,
                                                          wanted.to_string(), config->platform.to_string()));
}

awaitable<ManifestGraph> GraphLoader::load(oci::Manifest root, Delivery& delivery) {
    graph_.root = root;
    seen_.insert(root.digest());
    queue_children(root);
    if (options_.referrers)
        co_await add_referrers(root.digest());
    for (std::size_t depth = 0; !queued_.empty(); ++depth) {
        if (depth >= GraphLimits::depth)
            throw Error(ErrorKind::unsupported,
                        fmt::format("{} is nested deeper than {} levels", name_, GraphLimits::depth));
        auto level = std::exchange(queued_, {});
        co_await load_level(std::move(level), delivery);
    }
    co_return std::move(graph_);
}

awaitable<void> GraphLoader::load_level(std::vector<oci::Descriptor> level, Delivery& delivery) {
    std::function<awaitable<void>(std::size_t)> body = [this, &level, &delivery](std::size_t i) {
        return load_one(level[i], delivery);
    };
    co_await async::for_each_index(level.size(), kConcurrentManifests, std::move(body));
}

awaitable<void> GraphLoader::load_one(oci::Descriptor descriptor, Delivery& delivery) {
    // A target that has a manifest has what is below it. Referrers below it are another matter.
    if (!options_.force && !options_.referrers) {
        bool present = co_await delivery.has(descriptor);
        if (present)
            co_return;
    }
    auto manifest = co_await get_manifest(descriptor);
    if (options_.referrers)
        co_await add_referrers(descriptor.digest);
    queue_children(manifest);
    graph_.manifests.emplace(descriptor.digest, std::move(manifest));
}

awaitable<void> GraphLoader::add_referrers(oci::Digest subject) {
    std::vector<oci::Descriptor> referrers;
    std::function<awaitable<void>()> action = [&]() -> awaitable<void> {
        referrers = co_await source_.list_referrers(subject);
    };
    auto observe = report_retry(progress_, fmt::format("referrers of {}", subject.to_string()));
    co_await async::retry(retry_policy(options_), std::move(action), std::move(observe));
    for (const auto& referrer : referrers)
        queue(referrer);
}

void GraphLoader::queue_children(const oci::Manifest& manifest) {
    for (const auto& child : manifest.manifests())
        if (oci::is_manifest(child.media_type))
            queue(child);
}

void GraphLoader::queue(const oci::Descriptor& descriptor) {
    if (!seen_.insert(descriptor.digest).second)
        return;
    if (seen_.size() > GraphLimits::manifests)
        throw Error(ErrorKind::unsupported,
                    fmt::format("{} has more than {} manifests", name_, GraphLimits::manifests));
    queued_.push_back(descriptor);
}

} // namespace cang::image
