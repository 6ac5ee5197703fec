// Manifests of repositories, with what they refer to: blobs, child manifests, a subject.
#pragma once

#include "base/oci/manifest.hpp"
#include "image/store/blob_store.hpp"

namespace cang::store {

struct ManifestRow {
    RowId id = 0;
    oci::Digest digest;
    std::uint64_t size = 0; // bytes
    std::string media_type;
    bool has_subject = false;
};

// What lists show of an image.
struct ManifestFacts {
    std::uint64_t image_size = 0;         // bytes of config and layers; of an index those of all its images
    std::optional<std::string> platforms; // as platforms_text() makes it; nullopt: not read yet
};

struct ChildRow {
    RowId id = 0;
    ManifestFacts facts;
};

class ManifestStore {
public:
    explicit ManifestStore(sql::Connection& connection) : connection_(connection) {}

    std::optional<ManifestRow> find(const std::string& repository, const oci::Digest& digest);
    std::optional<ManifestRow> find_tagged(const std::string& repository, const std::string& tag);
    std::optional<RowId> find_id(RowId repository, const oci::Digest& digest);
    std::optional<ChildRow> find_child(RowId repository, const oci::Digest& digest);
    // The manifest's row and what it refers to; the objects must be there. `object` holds the manifest's own bytes.
    RowId create(RowId repository, RowId object, const oci::Manifest& manifest, Timestamp now,
                 const ManifestFacts& facts = {});
    void refer_to_blob(RowId manifest, RowId repository, RowId object);
    void refer_to_child(RowId manifest, RowId child);
    // References and tags go with it.
    void remove(RowId manifest);
    std::vector<RowId> list_ids(RowId repository, std::size_t limit);
    // In the order in which they arrived.
    std::vector<oci::Descriptor> list_referrers(const std::string& repository, const oci::Digest& subject);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
