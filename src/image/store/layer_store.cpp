#include "image/store/layer_store.hpp"

#include "image/store/blob_store.hpp"

namespace cang::store {

std::optional<oci::Descriptor> LayerStore::find(const oci::Digest& diff_id) {
    auto found = connection_.find<std::string, std::string, std::uint64_t>(
        "SELECT layers.digest, layers.media_type, layers.size FROM layers "
        "JOIN objects ON objects.digest = layers.digest WHERE layers.diff_id = :diff_id",
        diff_id.to_string());
    if (!found)
        return std::nullopt;
    oci::Descriptor descriptor;
    descriptor.digest = stored_digest(std::get<0>(*found));
    descriptor.media_type = std::get<1>(*found);
    descriptor.size = std::get<2>(*found);
    return descriptor;
}

void LayerStore::put(const oci::Digest& diff_id, const oci::Descriptor& blob) {
    connection_.execute("INSERT INTO layers (diff_id, digest, media_type, size) "
                        "VALUES (:diff_id, :digest, :media_type, :size) ON CONFLICT (diff_id) DO UPDATE SET "
                        "digest = excluded.digest, media_type = excluded.media_type, size = excluded.size",
                        diff_id.to_string(), blob.digest.to_string(), blob.media_type, blob.size);
}

std::uint64_t LayerStore::prune() {
    return connection_.execute("DELETE FROM layers WHERE NOT EXISTS "
                               "(SELECT 1 FROM objects WHERE objects.digest = layers.digest)");
}

} // namespace cang::store
