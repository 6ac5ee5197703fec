#include "image/places/registry/registry_sink.hpp"

#include "base/error.hpp"
#include "base/oci/media_type.hpp"
#include "distribution/blob_upload.hpp"
#include "distribution/blobs.hpp"
#include "distribution/referrers.hpp"

#include <fmt/format.h>
#include <map>

namespace cang::image {

namespace {

// Blobs and manifests by digest are invisible to whoever does not know their digest; the tag comes last. Uploads that
// broke keep their place at the registry in uploads_, so that put_blob() called again sends only the rest.
class RegistryDelivery final : public Delivery {
public:
    RegistryDelivery(std::shared_ptr<distribution::RegistryClient> client, oci::Reference target)
        : client_(std::move(client)), target_(std::move(target)) {}

    awaitable<bool> has(const oci::Descriptor& descriptor, const std::string& origin) override;
    awaitable<void> put_blob(const oci::Descriptor& descriptor, const BlobOpener& open,
                             const ByteCount& arrived) override;
    awaitable<void> put_manifest(const oci::Manifest& manifest) override;
    awaitable<oci::Descriptor> commit(const oci::Manifest& root) override;

private:
    std::string mount_repository(const std::string& origin) const;
    awaitable<void> put(oci::Manifest manifest, std::string name);
    distribution::BlobUpload& upload_for(const oci::Descriptor& descriptor, std::string location);

    std::shared_ptr<distribution::RegistryClient> client_;
    oci::Reference target_;
    std::map<oci::Digest, distribution::BlobUpload> uploads_;
    bool listing_referrers_ = false; // one change of a referrers tag at a time
    std::vector<oci::Manifest> unlisted_referrers_;
};

// The repository to mount from; empty when the origin is another registry or this very repository.
std::string RegistryDelivery::mount_repository(const std::string& origin) const {
    std::string prefix = client_->registry() + "/";
    if (!origin.starts_with(prefix))
        return {};
    std::string repository = origin.substr(prefix.size());
    return repository == target_.repository ? std::string() : repository;
}

distribution::BlobUpload& RegistryDelivery::upload_for(const oci::Descriptor& descriptor, std::string location) {
    auto [position, fresh] =
        uploads_.try_emplace(descriptor.digest, *client_, target_.repository, descriptor, std::move(location));
    return position->second;
}

awaitable<bool> RegistryDelivery::has(const oci::Descriptor& descriptor, const std::string& origin) {
    if (oci::is_manifest(descriptor.media_type)) {
        distribution::Manifests manifests(*client_, target_.repository);
        auto found = co_await manifests.find(descriptor.digest.to_string());
        co_return found.has_value();
    }
    distribution::Blobs blobs(*client_, target_.repository);
    auto size = co_await blobs.find(descriptor.digest);
    if (size)
        co_return true;
    std::string from = mount_repository(origin);
    if (from.empty())
        co_return false;
    distribution::MountOutcome outcome = co_await blobs.mount(descriptor.digest, std::move(from));
    if (!outcome.mounted && !outcome.upload.empty())
        upload_for(descriptor, std::move(outcome.upload));
    co_return outcome.mounted;
}

awaitable<void> RegistryDelivery::put_blob(const oci::Descriptor& descriptor, const BlobOpener& open,
                                           const ByteCount& arrived) {
    distribution::BlobUpload& upload = upload_for(descriptor, {});
    co_await upload.run(open, arrived);
    uploads_.erase(descriptor.digest);
}

awaitable<void> RegistryDelivery::put(oci::Manifest manifest, std::string name) {
    distribution::Manifests manifests(*client_, target_.repository);
    distribution::PutOutcome outcome = co_await manifests.put(manifest, std::move(name));
    if (!manifest.subject() || outcome.subject_listed)
        co_return;
    // Deliveries run concurrently, but the fallback index is read, changed and written: whoever is at it takes the
    // later ones along.
    unlisted_referrers_.push_back(std::move(manifest));
    if (listing_referrers_)
        co_return;
    struct Done {
        bool& flag;
        ~Done() { flag = false; }
    };
    listing_referrers_ = true;
    Done done{listing_referrers_};
    distribution::Referrers referrers(*client_, target_.repository);
    while (!unlisted_referrers_.empty()) {
        oci::Manifest next = std::move(unlisted_referrers_.back());
        unlisted_referrers_.pop_back();
        co_await referrers.add_to_tag_schema(next.subject()->digest, next.descriptor());
    }
}

awaitable<void> RegistryDelivery::put_manifest(const oci::Manifest& manifest) {
    co_await put(manifest, manifest.digest().to_string());
}

awaitable<oci::Descriptor> RegistryDelivery::commit(const oci::Manifest& root) {
    oci::Digest digest = root.digest();
    if (target_.digest && !target_.tag && *target_.digest != digest)
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("the image is {}, not {}", digest.to_string(), target_.digest->to_string()));
    std::string name = target_.digest && !target_.tag ? digest.to_string() : target_.tag.value_or("latest");
    co_await put(root, std::move(name));
    co_return root.descriptor();
}

} // namespace

RegistrySink::RegistrySink(std::shared_ptr<distribution::RegistryClient> client) : client_(std::move(client)) {}

awaitable<std::unique_ptr<Delivery>> RegistrySink::begin(const oci::Reference& target) {
    co_return std::make_unique<RegistryDelivery>(client_, target);
}

awaitable<std::optional<oci::Descriptor>> RegistrySink::find_current(const oci::Reference& target) {
    distribution::Manifests manifests(*client_, target.repository);
    auto descriptor = co_await manifests.find(target.tag ? *target.tag : target.tag_or_digest());
    co_return descriptor;
}

} // namespace cang::image
