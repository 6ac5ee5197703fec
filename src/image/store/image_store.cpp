#include "image/store/image_store.hpp"

namespace cang::store {

namespace {

using Text = std::string;
using Columns = std::tuple<Text, Text, Text, Text, std::uint64_t, std::optional<Text>, std::int64_t>;

ImageRow to_row(Columns columns) {
    auto& [tag, digest, media_type, artifact_type, image_size, platforms, updated_at] = columns;
    return {std::move(tag),           stored_digest(digest),   std::move(media_type),
            std::move(artifact_type), {image_size, platforms}, from_millis(updated_at)};
}

} // namespace

std::vector<ImageRow> ImageStore::list(RowId repository, const std::string& last, std::size_t limit) {
    std::vector<ImageRow> rows;
    auto visit = [&rows](Columns columns) { rows.push_back(to_row(std::move(columns))); };
    connection_.each<Text, Text, Text, Text, std::uint64_t, std::optional<Text>, std::int64_t>(
        "SELECT page.name, objects.digest, m.media_type, m.artifact_type, m.image_size, m.platforms, page.updated_at "
        "FROM (SELECT name, manifest_id, updated_at FROM tags WHERE repository_id = :repository AND name > :last "
        "ORDER BY name LIMIT :limit) page JOIN manifests m ON m.id = page.manifest_id "
        "JOIN objects ON objects.id = m.object_id ORDER BY page.name",
        visit, repository, last, limit);
    return rows;
}

std::optional<ImageRow> ImageStore::find(RowId repository, const std::string& tag) {
    auto found = connection_.find<Text, Text, Text, Text, std::uint64_t, std::optional<Text>, std::int64_t>(
        "SELECT tags.name, objects.digest, m.media_type, m.artifact_type, m.image_size, m.platforms, tags.updated_at "
        "FROM tags JOIN manifests m ON m.id = tags.manifest_id JOIN objects ON objects.id = m.object_id "
        "WHERE tags.repository_id = :repository AND tags.name = :tag",
        repository, tag);
    return found ? std::optional(to_row(std::move(*found))) : std::nullopt;
}

std::optional<PushedRow> ImageStore::find_pushed(const std::string& repository, const oci::Digest& digest) {
    auto found = connection_.find<RowId, std::int64_t, std::uint64_t>(
        "SELECT manifests.id, manifests.pushed_at, manifests.image_size FROM objects "
        "JOIN manifests ON manifests.object_id = objects.id "
        "JOIN repositories ON repositories.id = manifests.repository_id "
        "WHERE objects.digest = :digest AND repositories.name = :repository",
        digest.to_string(), repository);
    if (!found)
        return std::nullopt;
    auto [id, pushed_at, image_size] = *found;
    return PushedRow{id, from_millis(pushed_at), image_size};
}

std::vector<std::pair<oci::Digest, std::uint64_t>> ImageStore::list_child_sizes(RowId manifest) {
    std::vector<std::pair<oci::Digest, std::uint64_t>> sizes;
    auto visit = [&sizes](std::tuple<Text, std::uint64_t> columns) {
        sizes.emplace_back(stored_digest(std::get<0>(columns)), std::get<1>(columns));
    };
    connection_.each<Text, std::uint64_t>(
        "SELECT objects.digest, manifests.image_size FROM manifest_children c "
        "JOIN manifests ON manifests.id = c.child_id JOIN objects ON objects.id = manifests.object_id "
        "WHERE c.manifest_id = :manifest",
        visit, manifest);
    return sizes;
}

std::vector<UndescribedRow> ImageStore::list_undescribed(RowId after, std::size_t limit) {
    std::vector<UndescribedRow> rows;
    auto visit = [&rows](std::tuple<RowId, RowId, Text, Text> columns) {
        auto& [id, repository, digest, media_type] = columns;
        rows.push_back({id, repository, stored_digest(digest), std::move(media_type)});
    };
    connection_.each<RowId, RowId, Text, Text>(
        "SELECT m.id, m.repository_id, objects.digest, m.media_type FROM manifests m "
        "JOIN objects ON objects.id = m.object_id "
        "WHERE m.platforms IS NULL AND m.id > :after ORDER BY m.id LIMIT :limit",
        visit, after, limit);
    return rows;
}

void ImageStore::describe(RowId manifest, const ManifestFacts& facts) {
    connection_.execute("UPDATE manifests SET image_size = :image_size, platforms = :platforms WHERE id = :manifest",
                        facts.image_size, facts.platforms, manifest);
}

} // namespace cang::store
