#include "image/store/collection_store.hpp"

namespace cang::store {

std::vector<UnreachedRow> CollectionStore::list_unreached(RowId after, std::size_t limit) {
    std::vector<UnreachedRow> rows;
    auto visit = [&rows](std::tuple<RowId, RowId, std::string, std::string> columns) {
        auto& [id, repository, name, digest] = columns;
        rows.push_back({id, repository, std::move(name), stored_digest(digest)});
    };
    connection_.each<RowId, RowId, std::string, std::string>(
        "SELECT m.id, m.repository_id, repositories.name, objects.digest FROM manifests m "
        "JOIN objects ON objects.id = m.object_id JOIN repositories ON repositories.id = m.repository_id "
        "WHERE m.id > :after AND objects.touched_at < :cutoff "
        "AND NOT EXISTS (SELECT 1 FROM tags WHERE tags.manifest_id = m.id) "
        "AND NOT EXISTS (SELECT 1 FROM manifest_children WHERE manifest_children.child_id = m.id) "
        "AND NOT EXISTS (SELECT 1 FROM objects so JOIN manifests sm ON sm.object_id = so.id "
        "WHERE so.digest = m.subject AND sm.repository_id = m.repository_id) ORDER BY m.id LIMIT :limit",
        visit, after, to_millis(cutoff_), limit);
    return rows;
}

bool CollectionStore::is_unreached(RowId manifest) {
    return connection_
        .find<RowId>("SELECT m.id FROM manifests m JOIN objects ON objects.id = m.object_id "
                     "WHERE m.id = :manifest AND objects.touched_at < :cutoff "
                     "AND NOT EXISTS (SELECT 1 FROM tags WHERE tags.manifest_id = m.id) "
                     "AND NOT EXISTS (SELECT 1 FROM manifest_children WHERE manifest_children.child_id = m.id) "
                     "AND NOT EXISTS (SELECT 1 FROM objects so JOIN manifests sm ON sm.object_id = so.id "
                     "WHERE so.digest = m.subject AND sm.repository_id = m.repository_id)",
                     manifest, to_millis(cutoff_))
        .has_value();
}

std::vector<LinkRow> CollectionStore::list_unused_links(const LinkRow& after, std::size_t limit) {
    std::vector<LinkRow> rows;
    auto visit = [&rows](std::tuple<RowId, RowId, std::string> columns) {
        auto& [repository, object, digest] = columns;
        rows.push_back({repository, object, stored_digest(digest)});
    };
    connection_.each<RowId, RowId, std::string>(
        "SELECT b.repository_id, b.object_id, objects.digest FROM repository_blobs b "
        "JOIN objects ON objects.id = b.object_id "
        "WHERE (b.repository_id, b.object_id) > (:repository, :object) AND objects.touched_at < :cutoff "
        "AND NOT EXISTS (SELECT 1 FROM manifest_blobs "
        "WHERE manifest_blobs.object_id = b.object_id AND manifest_blobs.repository_id = b.repository_id) "
        "ORDER BY b.repository_id, b.object_id LIMIT :limit",
        visit, after.repository, after.object, to_millis(cutoff_), limit);
    return rows;
}

bool CollectionStore::remove_unused_link(const LinkRow& link) {
    return connection_.execute("DELETE FROM repository_blobs WHERE repository_id = :repository AND object_id = :object "
                               "AND EXISTS (SELECT 1 FROM objects WHERE objects.id = repository_blobs.object_id "
                               "AND objects.digest = :digest AND objects.touched_at < :cutoff) "
                               "AND NOT EXISTS (SELECT 1 FROM manifest_blobs WHERE manifest_blobs.object_id = "
                               "repository_blobs.object_id "
                               "AND manifest_blobs.repository_id = repository_blobs.repository_id)",
                               link.repository, link.object, link.digest.to_string(), to_millis(cutoff_)) > 0;
}

std::vector<ObjectRow> CollectionStore::list_unreferenced(RowId after, std::size_t limit) {
    std::vector<ObjectRow> rows;
    auto visit = [&rows](std::tuple<RowId, std::string, std::uint64_t> columns) {
        auto& [id, digest, size] = columns;
        rows.push_back({id, stored_digest(digest), size});
    };
    connection_.each<RowId, std::string, std::uint64_t>(
        "SELECT id, digest, size FROM objects WHERE id > :after AND touched_at < :cutoff "
        "AND NOT EXISTS (SELECT 1 FROM repository_blobs WHERE repository_blobs.object_id = objects.id) "
        "AND NOT EXISTS (SELECT 1 FROM manifests WHERE manifests.object_id = objects.id) ORDER BY id LIMIT :limit",
        visit, after, to_millis(cutoff_), limit);
    return rows;
}

// The digest is asked for as well: SQLite gives the number of a removed row to a later one. A manifest that was put
// while one of its blobs lost its link would still refer to the object; the foreign key then refuses.
bool CollectionStore::remove_unreferenced(const ObjectRow& object) {
    return connection_.execute(
               "DELETE FROM objects WHERE id = :id AND digest = :digest AND touched_at < :cutoff "
               "AND NOT EXISTS (SELECT 1 FROM repository_blobs WHERE repository_blobs.object_id = objects.id) "
               "AND NOT EXISTS (SELECT 1 FROM manifest_blobs WHERE manifest_blobs.object_id = objects.id) "
               "AND NOT EXISTS (SELECT 1 FROM manifests WHERE manifests.object_id = objects.id)",
               object.id, object.digest.to_string(), to_millis(cutoff_)) > 0;
}

// One round of what the collector does until nothing is left: a manifest falls when nothing that stands reaches it.
std::uint64_t CollectionStore::doom_unreached() {
    return connection_.execute(
        "INSERT INTO doomed (id) SELECT m.id FROM manifests m JOIN objects ON objects.id = m.object_id "
        "WHERE objects.touched_at < :cutoff AND m.id NOT IN (SELECT id FROM doomed) "
        "AND NOT EXISTS (SELECT 1 FROM tags WHERE tags.manifest_id = m.id) "
        "AND NOT EXISTS (SELECT 1 FROM manifest_children c WHERE c.child_id = m.id "
        "AND c.manifest_id NOT IN (SELECT id FROM doomed)) "
        "AND NOT EXISTS (SELECT 1 FROM objects so JOIN manifests sm ON sm.object_id = so.id "
        "WHERE so.digest = m.subject AND sm.repository_id = m.repository_id "
        "AND sm.id NOT IN (SELECT id FROM doomed))",
        to_millis(cutoff_));
}

EstimateRow CollectionStore::estimate(bool untagged) {
    EstimateRow estimate;
    connection_.execute_once("CREATE TEMPORARY TABLE IF NOT EXISTS doomed (id BIGINT NOT NULL PRIMARY KEY)");
    connection_.execute("DELETE FROM doomed");
    for (std::uint64_t fell = untagged ? doom_unreached() : 0; fell > 0; fell = doom_unreached())
        estimate.manifests += fell;
    auto freed = connection_.find<std::uint64_t, std::uint64_t>(
        "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM objects WHERE touched_at < :cutoff "
        "AND NOT EXISTS (SELECT 1 FROM manifest_blobs b WHERE b.object_id = objects.id "
        "AND b.manifest_id NOT IN (SELECT id FROM doomed)) "
        "AND NOT EXISTS (SELECT 1 FROM manifests m WHERE m.object_id = objects.id "
        "AND m.id NOT IN (SELECT id FROM doomed))",
        to_millis(cutoff_));
    std::tie(estimate.objects, estimate.bytes) = freed.value();
    return estimate;
}

} // namespace cang::store
