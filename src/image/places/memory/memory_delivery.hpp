// One image on its way into a MemoryPlace: staged here, moved over by commit().
#pragma once

#include "image/places/memory/memory_place.hpp"

namespace cang::image {

class MemoryDelivery final : public Delivery {
public:
    MemoryDelivery(MemoryPlace& place, oci::Reference target) : place_(place), target_(std::move(target)) {}

    awaitable<void> announce(const oci::Manifest& image, const BlobOpener& open_config) override;
    awaitable<bool> has(const oci::Descriptor& descriptor, const std::string& origin = {}) override;
    awaitable<void> put_blob(const oci::Descriptor& descriptor, const BlobOpener& open,
                             const ByteCount& arrived) override;
    awaitable<void> put_manifest(const oci::Manifest& manifest) override;
    awaitable<oci::Descriptor> commit(const oci::Manifest& root) override;

private:
    void check_writable() const;
    void check_whole(const oci::Manifest& manifest) const;
    bool has_blob(const oci::Digest& digest) const;

    MemoryPlace& place_;
    oci::Reference target_;
    ImageContent staged_;
};

} // namespace cang::image
