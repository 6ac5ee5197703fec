#include "image/store/blob_store.hpp"

#include "base/error.hpp"

namespace cang::store {

namespace {

std::optional<ObjectRow> object_row(const std::optional<std::tuple<RowId, std::uint64_t>>& found,
                                    const oci::Digest& digest) {
    if (!found)
        return std::nullopt;
    return ObjectRow{std::get<0>(*found), digest, std::get<1>(*found)};
}

} // namespace

oci::Digest stored_digest(const std::string& text) {
    auto digest = oci::Digest::parse(text);
    if (!digest)
        throw Error(ErrorKind::corrupt, "the database holds a digest that is none");
    return *digest;
}

std::optional<ObjectRow> BlobStore::find_object(const oci::Digest& digest) {
    auto found = connection_.find<RowId, std::uint64_t>("SELECT id, size FROM objects WHERE digest = :digest",
                                                        digest.to_string());
    return object_row(found, digest);
}

RowId BlobStore::ensure_object(const oci::Digest& digest, std::uint64_t size, Timestamp now) {
    auto id = connection_.find<RowId>(
        "INSERT INTO objects (digest, size, touched_at) VALUES (:digest, :size, :now) "
        "ON CONFLICT (digest) DO UPDATE SET touched_at = "
        "CASE WHEN excluded.touched_at > objects.touched_at THEN excluded.touched_at ELSE objects.touched_at END "
        "RETURNING id",
        digest.to_string(), size, to_millis(now));
    return id.value();
}

bool BlobStore::touch(const oci::Digest& digest, Timestamp now) {
    return connection_.execute("UPDATE objects SET touched_at = CASE WHEN touched_at < :now THEN :later "
                               "ELSE touched_at END WHERE digest = :digest",
                               to_millis(now), to_millis(now), digest.to_string()) > 0;
}

std::optional<ObjectRow> BlobStore::find_blob(const std::string& repository, const oci::Digest& digest) {
    auto found =
        connection_.find<RowId, std::uint64_t>("SELECT objects.id, objects.size FROM objects "
                                               "JOIN repository_blobs ON repository_blobs.object_id = objects.id "
                                               "JOIN repositories ON repositories.id = repository_blobs.repository_id "
                                               "WHERE objects.digest = :digest AND repositories.name = :repository",
                                               digest.to_string(), repository);
    return object_row(found, digest);
}

std::optional<ObjectRow> BlobStore::find_blob(RowId repository, const oci::Digest& digest) {
    auto found = connection_.find<RowId, std::uint64_t>(
        "SELECT objects.id, objects.size FROM objects "
        "JOIN repository_blobs ON repository_blobs.object_id = objects.id "
        "WHERE objects.digest = :digest AND repository_blobs.repository_id = :repository",
        digest.to_string(), repository);
    return object_row(found, digest);
}

std::optional<ObjectRow> BlobStore::find_blob_anywhere(const oci::Digest& digest) {
    auto found = connection_.find<RowId, std::uint64_t>(
        "SELECT id, size FROM objects WHERE digest = :digest "
        "AND EXISTS (SELECT 1 FROM repository_blobs WHERE repository_blobs.object_id = objects.id)",
        digest.to_string());
    return object_row(found, digest);
}

std::vector<std::string> BlobStore::list_holders(const oci::Digest& digest, std::size_t limit) {
    return connection_.list<std::string>("SELECT repositories.name FROM objects "
                                         "JOIN repository_blobs ON repository_blobs.object_id = objects.id "
                                         "JOIN repositories ON repositories.id = repository_blobs.repository_id "
                                         "WHERE digest = :digest LIMIT :limit",
                                         digest.to_string(), limit);
}

void BlobStore::link(RowId repository, RowId object) {
    connection_.execute("INSERT INTO repository_blobs (repository_id, object_id) VALUES (:repository, :object) "
                        "ON CONFLICT DO NOTHING",
                        repository, object);
}

bool BlobStore::unlink(RowId repository, RowId object) {
    return connection_.execute("DELETE FROM repository_blobs WHERE repository_id = :repository AND object_id = :object",
                               repository, object) > 0;
}

void BlobStore::unlink_all(RowId repository) {
    connection_.execute("DELETE FROM repository_blobs WHERE repository_id = :repository", repository);
}

bool BlobStore::is_used(RowId repository, RowId object) {
    return connection_
        .find<RowId>("SELECT manifest_id FROM manifest_blobs "
                     "WHERE object_id = :object AND repository_id = :repository LIMIT 1",
                     object, repository)
        .has_value();
}

} // namespace cang::store
