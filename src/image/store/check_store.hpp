// Facts that fsck compares with the bytes.
#pragma once

#include "image/store/blob_store.hpp"

namespace cang::store {

struct HeldManifestRow {
    RowId id = 0;
    RowId repository = 0;
    std::string repository_name;
    oci::Digest digest;
    std::string media_type;
};

class CheckStore {
public:
    explicit CheckStore(sql::Connection& connection) : connection_(connection) {}

    std::vector<ObjectRow> list_objects(RowId after, std::size_t limit);
    std::vector<HeldManifestRow> list_manifests(RowId after, std::size_t limit);
    // Digests of blobs that the manifest refers to and its repository shows.
    std::vector<std::string> list_whole_blobs(RowId manifest);
    // Names of repositories whose counts are wrong.
    std::vector<std::string> list_miscounted();
    // What the engine says about its own file; empty when it is sound.
    std::vector<std::string> engine_problems();

private:
    sql::Connection& connection_;
};

} // namespace cang::store
