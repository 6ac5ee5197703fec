// Tags: names of manifests within a repository.
#pragma once

#include "image/store/blob_store.hpp"

namespace cang::store {

struct TagRow {
    std::string name;
    oci::Digest digest;
    Timestamp updated_at;
};

class TagStore {
public:
    explicit TagStore(sql::Connection& connection) : connection_(connection) {}

    // Points the tag at the manifest; true when the tag is new.
    bool put(RowId repository, const std::string& name, RowId manifest, Timestamp now);
    // False when it was not there.
    bool remove(RowId repository, const std::string& name);
    // By byte order after `last`.
    std::vector<TagRow> list(const std::string& repository, const std::string& last, std::size_t limit);
    std::vector<std::string> list_names(RowId manifest);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
