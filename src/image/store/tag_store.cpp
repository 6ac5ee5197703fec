#include "image/store/tag_store.hpp"

namespace cang::store {

bool TagStore::put(RowId repository, const std::string& name, RowId manifest, Timestamp now) {
    std::uint64_t moved = connection_.execute("UPDATE tags SET manifest_id = :manifest, updated_at = :now "
                                              "WHERE repository_id = :repository AND name = :name",
                                              manifest, to_millis(now), repository, name);
    if (moved > 0)
        return false;
    connection_.execute("INSERT INTO tags (repository_id, name, manifest_id, updated_at) "
                        "VALUES (:repository, :name, :manifest, :now)",
                        repository, name, manifest, to_millis(now));
    return true;
}

bool TagStore::remove(RowId repository, const std::string& name) {
    return connection_.execute("DELETE FROM tags WHERE repository_id = :repository AND name = :name", repository,
                               name) > 0;
}

std::vector<TagRow> TagStore::list(const std::string& repository, const std::string& last, std::size_t limit) {
    std::vector<TagRow> rows;
    auto visit = [&rows](std::tuple<std::string, std::string, std::int64_t> columns) {
        auto& [name, digest, updated_at] = columns;
        rows.push_back({std::move(name), stored_digest(digest), from_millis(updated_at)});
    };
    connection_.each<std::string, std::string, std::int64_t>(
        "SELECT page.name, objects.digest, page.updated_at FROM "
        "(SELECT name, manifest_id, updated_at FROM tags "
        "WHERE repository_id = (SELECT id FROM repositories WHERE name = :repository) AND name > :last "
        "ORDER BY name LIMIT :limit) page "
        "JOIN manifests ON manifests.id = page.manifest_id JOIN objects ON objects.id = manifests.object_id "
        "ORDER BY page.name",
        visit, repository, last, limit);
    return rows;
}

std::vector<std::string> TagStore::list_names(RowId manifest) {
    return connection_.list<std::string>("SELECT name FROM tags WHERE manifest_id = :manifest", manifest);
}

} // namespace cang::store
