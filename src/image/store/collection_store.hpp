// What the collector may free, and what fsck checks. The lists are candidates from a reader's view; the removals decide
// again, inside the writer's transaction. Everything touched at or after `cutoff` stays.
#pragma once

#include "image/store/blob_store.hpp"

namespace cang::store {

struct LinkRow {
    RowId repository = 0;
    RowId object = 0;
    oci::Digest digest;
};

struct UnreachedRow {
    RowId id = 0;
    RowId repository = 0;
    std::string repository_name;
    oci::Digest digest;
};

struct EstimateRow {
    std::uint64_t manifests = 0;
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
};

class CollectionStore {
public:
    CollectionStore(sql::Connection& connection, Timestamp cutoff) : connection_(connection), cutoff_(cutoff) {}

    // Manifests that no tag, index or present subject reaches.
    std::vector<UnreachedRow> list_unreached(RowId after, std::size_t limit);
    bool is_unreached(RowId manifest);
    // Blobs of repositories that no manifest there uses.
    std::vector<LinkRow> list_unused_links(const LinkRow& after, std::size_t limit);
    bool remove_unused_link(const LinkRow& link);
    // Objects that no repository holds, neither as blob nor as manifest.
    std::vector<ObjectRow> list_unreferenced(RowId after, std::size_t limit);
    bool remove_unreferenced(const ObjectRow& object);
    // What a collection would free, without writing anything.
    EstimateRow estimate(bool untagged);

private:
    std::uint64_t doom_unreached();

    sql::Connection& connection_;
    Timestamp cutoff_;
};

} // namespace cang::store
