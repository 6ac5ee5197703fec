#include "image/store/manifest_store.hpp"

#include "base/error.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace cang::store {

namespace {

using Columns = std::tuple<RowId, std::string, std::uint64_t, std::string, std::optional<std::string>>;

std::optional<ManifestRow> manifest_row(std::optional<Columns> columns) {
    if (!columns)
        return std::nullopt;
    auto& [id, digest, size, media_type, subject] = *columns;
    return ManifestRow{id, stored_digest(digest), size, std::move(media_type), subject.has_value()};
}

std::string annotations_text(const oci::Manifest& manifest) {
    if (!manifest.subject() || manifest.annotations().empty())
        return {};
    boost::json::object object;
    for (const auto& [key, value] : manifest.annotations())
        object.emplace(key, value);
    return boost::json::serialize(object);
}

oci::Annotations parse_annotations(const std::string& text) {
    oci::Annotations annotations;
    if (text.empty())
        return annotations;
    boost::json::error_code failure;
    boost::json::value value = boost::json::parse(text, failure);
    if (failure || !value.is_object())
        throw Error(ErrorKind::corrupt, "the database holds annotations that are none");
    for (const auto& member : value.get_object())
        if (member.value().is_string())
            annotations.emplace(member.key(), member.value().get_string());
    return annotations;
}

} // namespace

std::optional<ManifestRow> ManifestStore::find(const std::string& repository, const oci::Digest& digest) {
    return manifest_row(connection_.find<RowId, std::string, std::uint64_t, std::string, std::optional<std::string>>(
        "SELECT manifests.id, objects.digest, objects.size, manifests.media_type, manifests.subject FROM objects "
        "JOIN manifests ON manifests.object_id = objects.id "
        "JOIN repositories ON repositories.id = manifests.repository_id "
        "WHERE objects.digest = :digest AND repositories.name = :repository",
        digest.to_string(), repository));
}

std::optional<ManifestRow> ManifestStore::find_tagged(const std::string& repository, const std::string& tag) {
    return manifest_row(connection_.find<RowId, std::string, std::uint64_t, std::string, std::optional<std::string>>(
        "SELECT manifests.id, objects.digest, objects.size, manifests.media_type, manifests.subject FROM tags "
        "JOIN repositories ON repositories.id = tags.repository_id "
        "JOIN manifests ON manifests.id = tags.manifest_id "
        "JOIN objects ON objects.id = manifests.object_id "
        "WHERE repositories.name = :repository AND tags.name = :tag",
        repository, tag));
}

std::optional<RowId> ManifestStore::find_id(RowId repository, const oci::Digest& digest) {
    return connection_.find<RowId>("SELECT manifests.id FROM manifests "
                                   "JOIN objects ON objects.id = manifests.object_id "
                                   "WHERE objects.digest = :digest AND manifests.repository_id = :repository",
                                   digest.to_string(), repository);
}

std::optional<ChildRow> ManifestStore::find_child(RowId repository, const oci::Digest& digest) {
    auto found = connection_.find<RowId, std::uint64_t, std::optional<std::string>>(
        "SELECT manifests.id, manifests.image_size, manifests.platforms FROM manifests "
        "JOIN objects ON objects.id = manifests.object_id "
        "WHERE objects.digest = :digest AND manifests.repository_id = :repository",
        digest.to_string(), repository);
    if (!found)
        return std::nullopt;
    auto& [id, image_size, platforms] = *found;
    return ChildRow{id, {image_size, std::move(platforms)}};
}

RowId ManifestStore::create(RowId repository, RowId object, const oci::Manifest& manifest, Timestamp now,
                            const ManifestFacts& facts) {
    std::optional<std::string> subject;
    if (manifest.subject())
        subject = manifest.subject()->digest.to_string();
    auto id = connection_.find<RowId>(
        "INSERT INTO manifests (repository_id, object_id, media_type, artifact_type, subject, annotations, pushed_at, "
        "image_size, platforms) VALUES (:repository, :object, :media_type, :artifact_type, :subject, :annotations, "
        ":now, :image_size, :platforms) RETURNING id",
        repository, object, manifest.media_type(), manifest.artifact_type(), subject, annotations_text(manifest),
        to_millis(now), facts.image_size, facts.platforms);
    return id.value();
}

void ManifestStore::refer_to_blob(RowId manifest, RowId repository, RowId object) {
    connection_.execute("INSERT INTO manifest_blobs (manifest_id, repository_id, object_id) "
                        "VALUES (:manifest, :repository, :object) ON CONFLICT DO NOTHING",
                        manifest, repository, object);
}

void ManifestStore::refer_to_child(RowId manifest, RowId child) {
    connection_.execute("INSERT INTO manifest_children (manifest_id, child_id) VALUES (:manifest, :child) "
                        "ON CONFLICT DO NOTHING",
                        manifest, child);
}

void ManifestStore::remove(RowId manifest) {
    connection_.execute("DELETE FROM manifests WHERE id = :manifest", manifest);
}

std::vector<RowId> ManifestStore::list_ids(RowId repository, std::size_t limit) {
    return connection_.list<RowId>("SELECT id FROM manifests WHERE repository_id = :repository LIMIT :limit",
                                   repository, limit);
}

std::vector<oci::Descriptor> ManifestStore::list_referrers(const std::string& repository, const oci::Digest& subject) {
    std::vector<oci::Descriptor> referrers;
    auto visit = [&referrers](std::tuple<std::string, std::uint64_t, std::string, std::string, std::string> columns) {
        auto& [digest, size, media_type, artifact_type, annotations] = columns;
        oci::Descriptor& descriptor = referrers.emplace_back();
        descriptor.media_type = std::move(media_type);
        descriptor.digest = stored_digest(digest);
        descriptor.size = size;
        descriptor.artifact_type = std::move(artifact_type);
        descriptor.annotations = parse_annotations(annotations);
    };
    connection_.each<std::string, std::uint64_t, std::string, std::string, std::string>(
        "SELECT objects.digest, objects.size, manifests.media_type, manifests.artifact_type, manifests.annotations "
        "FROM repositories JOIN manifests ON manifests.repository_id = repositories.id "
        "JOIN objects ON objects.id = manifests.object_id "
        "WHERE repositories.name = :repository AND manifests.subject = :subject ORDER BY manifests.id",
        visit, repository, subject.to_string());
    return referrers;
}

} // namespace cang::store
