#include "image/store/archive_upload_store.hpp"

namespace cang::store {

void ArchiveUploadStore::create(const ArchiveUploadRow& upload) {
    connection_.execute("INSERT INTO archive_uploads (upload_id, name, size, created_at, expires_at, "
                        "created_by) VALUES (:id, :name, :size, :created_at, :expires_at, :created_by)",
                        upload.id, upload.name, upload.size, to_millis(upload.created_at), to_millis(upload.expires_at),
                        upload.created_by);
}

std::optional<ArchiveUploadRow> ArchiveUploadStore::find(const std::string& id) {
    auto row = connection_.find<std::string, std::string, std::uint64_t, std::int64_t, std::int64_t, std::string>(
        "SELECT upload_id, name, size, created_at, expires_at, created_by FROM archive_uploads WHERE upload_id = :id",
        id);
    if (!row)
        return std::nullopt;
    auto& [found, name, size, created_at, expires_at, created_by] = *row;
    return ArchiveUploadRow{.id = std::move(found),
                            .name = std::move(name),
                            .size = size,
                            .created_at = from_millis(created_at),
                            .expires_at = from_millis(expires_at),
                            .created_by = std::move(created_by)};
}

bool ArchiveUploadStore::extend(const std::string& id, Timestamp expires_at) {
    return connection_.execute("UPDATE archive_uploads SET expires_at = CASE WHEN expires_at < :earlier THEN :later "
                               "ELSE expires_at END WHERE upload_id = :id",
                               to_millis(expires_at), to_millis(expires_at), id) > 0;
}

bool ArchiveUploadStore::remove(const std::string& id) {
    return connection_.execute("DELETE FROM archive_uploads WHERE upload_id = :id", id) > 0;
}

std::vector<std::string> ArchiveUploadStore::list_expired(Timestamp now, std::size_t limit) {
    return connection_.list<std::string>(
        "SELECT upload_id FROM archive_uploads WHERE expires_at < :now ORDER BY expires_at LIMIT :limit",
        to_millis(now), limit);
}

} // namespace cang::store
