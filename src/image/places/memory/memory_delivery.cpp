#include "image/places/memory/memory_delivery.hpp"

#include <array>
#include <fmt/format.h>

namespace cang::image {

awaitable<void> MemoryDelivery::announce(const oci::Manifest& image, const BlobOpener& open_config) {
    (void)image, (void)open_config;
    ++place_.calls_.announce;
    co_return;
}

bool MemoryDelivery::has_blob(const oci::Digest& digest) const {
    return staged_.blobs.contains(digest) || place_.blobs_.contains(digest);
}

awaitable<bool> MemoryDelivery::has(const oci::Descriptor& descriptor, const std::string& origin) {
    (void)origin;
    ++place_.calls_.has;
    co_return has_blob(descriptor.digest) || place_.manifests_.contains(descriptor.digest);
}

awaitable<void> MemoryDelivery::put_blob(const oci::Descriptor& descriptor, const BlobOpener& open,
                                         const ByteCount& arrived) {
    ++place_.calls_.put_blob;
    // Taken out, so that two deliveries of the same blob do not write into one another's bytes.
    std::string bytes = std::exchange(place_.partial_[descriptor.digest], {});
    auto reader = co_await open(bytes.size());
    std::array<std::byte, 1024> buffer; // small, so that breaks fall between reads
    std::exception_ptr failure;
    try {
        for (;;) {
            auto length = co_await reader->read(buffer);
            if (length == 0)
                break;
            bytes += as_text(ByteView(buffer).first(length));
            if (arrived)
                arrived(length);
            if (bytes.size() > descriptor.size)
                break;
        }
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        place_.partial_[descriptor.digest] = std::move(bytes);
        std::rethrow_exception(failure);
    }
    place_.partial_.erase(descriptor.digest);
    if (bytes.size() != descriptor.size || oci::Digest::of(bytes, descriptor.digest.algorithm()) != descriptor.digest) {
        auto error = Error(ErrorKind::corrupt, fmt::format("the bytes of blob {} are not what the digest says",
                                                           descriptor.digest.to_string()));
        throw error.with_code("DIGEST_INVALID");
    }
    staged_.blobs.emplace(descriptor.digest, std::make_shared<const std::string>(std::move(bytes)));
}

void MemoryDelivery::check_writable() const {
    if (place_.refuse_manifests_)
        throw Error(ErrorKind::permission_denied, "the place is read-only");
}

// Enforces the order that Delivery promises to every place.
void MemoryDelivery::check_whole(const oci::Manifest& manifest) const {
    auto has_manifest = [this](const oci::Digest& digest) {
        for (const auto& staged : staged_.manifests)
            if (staged.digest() == digest)
                return true;
        return place_.manifests_.contains(digest);
    };
    for (const auto& blob : manifest.blobs())
        if (!oci::is_foreign_layer(blob.media_type) && !has_blob(blob.digest))
            throw Error(ErrorKind::invalid_argument, fmt::format("blob {} is missing", blob.digest.to_string()));
    for (const auto& child : manifest.manifests())
        if (!has_manifest(child.digest) && !has_blob(child.digest))
            throw Error(ErrorKind::invalid_argument, fmt::format("manifest {} is missing", child.digest.to_string()));
}

awaitable<void> MemoryDelivery::put_manifest(const oci::Manifest& manifest) {
    ++place_.calls_.put_manifest;
    check_writable();
    check_whole(manifest);
    staged_.manifests.push_back(manifest);
    co_return;
}

awaitable<oci::Descriptor> MemoryDelivery::commit(const oci::Manifest& root) {
    ++place_.calls_.commit;
    if (place_.broken_commits_ > 0) {
        --place_.broken_commits_;
        Error busy(ErrorKind::rate_limited, "the server is busy");
        busy.with_retry_after(std::chrono::milliseconds(1));
        throw busy;
    }
    check_writable();
    check_whole(root);
    staged_.manifests.push_back(root);
    place_.add(target_, staged_);
    co_return root.descriptor();
}

} // namespace cang::image
