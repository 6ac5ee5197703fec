#include "image/store/check_store.hpp"

namespace cang::store {

std::vector<ObjectRow> CheckStore::list_objects(RowId after, std::size_t limit) {
    std::vector<ObjectRow> rows;
    auto visit = [&rows](std::tuple<RowId, std::string, std::uint64_t> columns) {
        auto& [id, digest, size] = columns;
        rows.push_back({id, stored_digest(digest), size});
    };
    connection_.each<RowId, std::string, std::uint64_t>(
        "SELECT id, digest, size FROM objects WHERE id > :after ORDER BY id LIMIT :limit", visit, after, limit);
    return rows;
}

std::vector<HeldManifestRow> CheckStore::list_manifests(RowId after, std::size_t limit) {
    std::vector<HeldManifestRow> rows;
    auto visit = [&rows](std::tuple<RowId, RowId, std::string, std::string, std::string> columns) {
        auto& [id, repository, name, digest, media_type] = columns;
        rows.push_back({id, repository, std::move(name), stored_digest(digest), std::move(media_type)});
    };
    connection_.each<RowId, RowId, std::string, std::string, std::string>(
        "SELECT manifests.id, manifests.repository_id, repositories.name, objects.digest, manifests.media_type "
        "FROM manifests JOIN objects ON objects.id = manifests.object_id "
        "JOIN repositories ON repositories.id = manifests.repository_id "
        "WHERE manifests.id > :after ORDER BY manifests.id LIMIT :limit",
        visit, after, limit);
    return rows;
}

std::vector<std::string> CheckStore::list_whole_blobs(RowId manifest) {
    return connection_.list<std::string>(
        "SELECT objects.digest FROM manifest_blobs b JOIN objects ON objects.id = b.object_id "
        "JOIN repository_blobs ON repository_blobs.object_id = b.object_id "
        "AND repository_blobs.repository_id = b.repository_id WHERE b.manifest_id = :manifest",
        manifest);
}

std::vector<std::string> CheckStore::list_miscounted() {
    return connection_.list<std::string>(
        "SELECT name FROM repositories r "
        "WHERE r.tags <> (SELECT COUNT(*) FROM tags WHERE tags.repository_id = r.id) "
        "OR r.manifests <> (SELECT COUNT(*) FROM manifests WHERE manifests.repository_id = r.id) ORDER BY name");
}

std::vector<std::string> CheckStore::engine_problems() {
    if (connection_.engine() != sql::Engine::sqlite)
        return {};
    std::vector<std::string> problems = connection_.list<std::string>("PRAGMA quick_check");
    std::erase(problems, "ok");
    return problems;
}

} // namespace cang::store
