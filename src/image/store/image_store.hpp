// Images as lists show them: tags with what is known of the manifests they point at. Also the facts of manifests that
// were put before those were kept.
#pragma once

#include "image/store/manifest_store.hpp"

namespace cang::store {

struct ImageRow {
    std::string tag;
    oci::Digest digest;
    std::string media_type;
    std::string artifact_type;
    ManifestFacts facts;
    Timestamp updated_at; // of the tag
};

struct PushedRow {
    RowId id = 0;
    Timestamp pushed_at;
    std::uint64_t image_size = 0;
};

// A manifest whose facts are not known yet.
struct UndescribedRow {
    RowId id = 0;
    RowId repository = 0;
    oci::Digest digest;
    std::string media_type;
};

class ImageStore {
public:
    explicit ImageStore(sql::Connection& connection) : connection_(connection) {}

    // By byte order of the tag after `last`.
    std::vector<ImageRow> list(RowId repository, const std::string& last, std::size_t limit);
    std::optional<ImageRow> find(RowId repository, const std::string& tag);

    std::optional<PushedRow> find_pushed(const std::string& repository, const oci::Digest& digest);
    // The sizes of an index's images.
    std::vector<std::pair<oci::Digest, std::uint64_t>> list_child_sizes(RowId manifest);

    // In the order in which they arrived, so children come before their index.
    std::vector<UndescribedRow> list_undescribed(RowId after, std::size_t limit);
    void describe(RowId manifest, const ManifestFacts& facts);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
