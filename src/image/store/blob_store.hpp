// Objects (whatever has bytes in the object store) and the repositories that show them as blobs.
#pragma once

#include "base/oci/digest.hpp"
#include "image/store/repository_store.hpp"

namespace cang::store {

struct ObjectRow {
    RowId id = 0;
    oci::Digest digest;
    std::uint64_t size = 0;
};

class BlobStore {
public:
    explicit BlobStore(sql::Connection& connection) : connection_(connection) {}

    std::optional<ObjectRow> find_object(const oci::Digest& digest);
    // Adds the object unless it is there, and sets its touch time.
    RowId ensure_object(const oci::Digest& digest, std::uint64_t size, Timestamp now);
    // Moves the touch time forward, never back. False when there is no such object.
    bool touch(const oci::Digest& digest, Timestamp now);

    // The blob as `repository` shows it.
    std::optional<ObjectRow> find_blob(const std::string& repository, const oci::Digest& digest);
    std::optional<ObjectRow> find_blob(RowId repository, const oci::Digest& digest);
    // The blob in whichever repository.
    std::optional<ObjectRow> find_blob_anywhere(const oci::Digest& digest);
    std::vector<std::string> list_holders(const oci::Digest& digest, std::size_t limit); // repositories
    void link(RowId repository, RowId object);
    // False when it was not linked.
    bool unlink(RowId repository, RowId object);
    void unlink_all(RowId repository);
    // Does a manifest of the repository use the blob?
    bool is_used(RowId repository, RowId object);

private:
    sql::Connection& connection_;
};

// A digest as the database gave it. Throws Error{corrupt}.
oci::Digest stored_digest(const std::string& text);

} // namespace cang::store
