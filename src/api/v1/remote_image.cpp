#include "api/v1/remote_image.hpp"

#include "api/v1/image_document.hpp"
#include "async/for_each_limit.hpp"
#include "base/oci/image_config.hpp"
#include "base/oci/reference.hpp"
#include "distribution/blobs.hpp"
#include "distribution/manifests.hpp"
#include "image/diff.hpp"
#include "image/verify.hpp"

#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

constexpr std::size_t kRequests = 8;
// An index of more images than there are platforms shows its sizes without them.
constexpr std::size_t kMeasuredImages = 64;

void check_reference(const std::string& reference) {
    if (reference.find(':') != std::string::npos)
        oci::require_digest(reference);
    else if (!oci::is_valid_tag(reference))
        throw Error(ErrorKind::invalid_argument, "the reference is neither a tag nor a digest");
}

class RemoteImage {
public:
    RemoteImage(std::shared_ptr<distribution::RegistryClient> client, std::string repository)
        : client_(std::move(client)), repository_(std::move(repository)), manifests_(*client_, repository_) {}

    awaitable<oci::Manifest> get(const std::string& reference) {
        auto manifest = co_await manifests_.find_whole(reference);
        if (!manifest)
            throw Error(ErrorKind::not_found,
                        fmt::format("{}/{} has no image {}", client_->registry(), repository_, reference));
        co_return std::move(*manifest);
    }

    // nullopt when there is none to read.
    awaitable<std::optional<std::string>> read_config(const oci::Manifest& manifest) {
        if (!has_readable_config(manifest))
            co_return std::nullopt;
        distribution::Blobs blobs(*client_, repository_);
        auto blob = co_await blobs.open(*manifest.config());
        auto verified = image::verifying_reader(std::move(blob), *manifest.config());
        co_return co_await io::read_all(*verified, oci::ImageConfig::max_bytes);
    }

    // Of the images of an index, as far as they are there.
    awaitable<ImageSizes> measure(const oci::Manifest& index) {
        ImageSizes sizes;
        const auto& images = index.manifests();
        auto one = [&](std::size_t i) -> awaitable<void> {
            if (oci::is_index(images[i].media_type))
                co_return;
            auto image = co_await manifests_.find_whole(images[i].digest.to_string());
            if (image)
                sizes[image->digest()] = image::stored_bytes(*image);
        };
        if (images.size() <= kMeasuredImages)
            co_await async::for_each_index(images.size(), kRequests, one);
        co_return sizes;
    }

private:
    std::shared_ptr<distribution::RegistryClient> client_;
    std::string repository_;
    distribution::Manifests manifests_;
};

} // namespace

awaitable<boost::json::object> remote_image(std::shared_ptr<distribution::RegistryClient> client,
                                            std::string repository, std::string reference) {
    check_reference(reference);
    RemoteImage image(std::move(client), repository);
    auto manifest = co_await image.get(reference);
    std::optional<std::string> config;
    ImageSizes sizes;
    if (manifest.is_index())
        sizes = co_await image.measure(manifest);
    else
        config = co_await image.read_config(manifest);
    boost::json::object document{{"repository", repository}, {"reference", reference}};
    for (auto& member : image_document(manifest, config, sizes))
        document.insert(member);
    co_return document;
}

} // namespace cang::api::v1
