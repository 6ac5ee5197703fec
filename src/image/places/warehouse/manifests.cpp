#include "image/places/warehouse/core.hpp"

#include "base/error.hpp"
#include "image/places/warehouse/audit.hpp"
#include "image/places/warehouse/image_facts.hpp"
#include "image/store/layer_store.hpp"

#include <fmt/format.h>

namespace cang::warehouse {

namespace {

// Touches of a cached manifest are recorded this often at most.
std::chrono::milliseconds touch_interval(std::chrono::milliseconds grace) { return grace / 8; }

bool is_digest(std::string_view reference) { return reference.find(':') != reference.npos; } // a tag has no colon

[[noreturn]] void throw_unknown(std::string_view what, const oci::Digest& digest, const std::string& repository) {
    Error error(ErrorKind::invalid_argument,
                fmt::format("{} {} is not in repository {}", what, digest.to_string(), repository));
    error.with_code("MANIFEST_BLOB_UNKNOWN");
    throw error;
}

// The stored blob of a layer.
struct LayerIdentity {
    oci::Digest diff_id;
    oci::Descriptor blob;
};

std::vector<LayerIdentity> layers_of(const oci::Manifest& manifest, const std::optional<oci::ImageConfig>& config) {
    std::vector<LayerIdentity> layers;
    if (!config || config->diff_ids.size() != manifest.layers().size())
        return layers;
    // An uncompressed layer is found by its diff ID anyway, and must not displace a compressed form.
    for (std::size_t i = 0; i < config->diff_ids.size(); ++i)
        if (manifest.layers()[i].digest != config->diff_ids[i])
            layers.push_back({config->diff_ids[i], manifest.layers()[i]});
    return layers;
}

// What an index refers to.
struct Children {
    ChildRows manifests;
    std::vector<store::RowId> blobs;
};

// One transaction's view of a repository that takes manifests in.
struct Intake {
    sql::Connection& connection;
    const std::string& repository;
    store::RowId repository_id;
    Timestamp now;
    std::int64_t created = 0;

    void refer_to_blobs(store::RowId id, const oci::Manifest& manifest) {
        store::BlobStore blobs(connection);
        for (const oci::Descriptor& blob : manifest.blobs()) {
            std::optional<store::ObjectRow> linked = blobs.find_blob(repository_id, blob.digest);
            if (linked)
                store::ManifestStore(connection).refer_to_blob(id, repository_id, linked->id);
            else if (!oci::is_foreign_layer(blob.media_type))
                throw_unknown("blob", blob.digest, repository);
        }
    }

    // An index may also name blobs that are no manifests (image-spec image-index.md, "mediaType").
    Children find_children(const oci::Manifest& manifest) {
        Children children;
        for (const oci::Descriptor& child : manifest.manifests()) {
            std::optional<store::ChildRow> present =
                store::ManifestStore(connection).find_child(repository_id, child.digest);
            if (present) {
                children.manifests.emplace(child.digest, std::move(*present));
                continue;
            }
            std::optional<store::ObjectRow> linked =
                store::BlobStore(connection).find_blob(repository_id, child.digest);
            if (!linked)
                throw_unknown("manifest", child.digest, repository);
            children.blobs.push_back(linked->id);
        }
        return children;
    }

    void refer_to_children(store::RowId id, const Children& children) {
        store::ManifestStore manifests(connection);
        for (const auto& [digest, child] : children.manifests)
            manifests.refer_to_child(id, child.id);
        for (store::RowId blob : children.blobs)
            manifests.refer_to_blob(id, repository_id, blob);
    }

    // A manifest that is there already is checked again: a child may have been deleted since.
    store::RowId put(const oci::Manifest& manifest, const store::ManifestFacts& facts) {
        store::ManifestStore manifests(connection);
        store::RowId object =
            store::BlobStore(connection).ensure_object(manifest.digest(), manifest.bytes().size(), now);
        Children children = find_children(manifest);
        std::optional<store::RowId> id = manifests.find_id(repository_id, manifest.digest());
        if (!id) {
            id = manifests.create(repository_id, object, manifest, now,
                                  manifest.is_index() ? facts_of_index(manifest, children.manifests) : facts);
            ++created;
        }
        refer_to_blobs(*id, manifest);
        refer_to_children(*id, children);
        return *id;
    }
};

// A manifest on its way in, with what its config told.
struct Arrival {
    oci::Manifest manifest;
    store::ManifestFacts facts; // of an index only its transaction can tell
    std::vector<LayerIdentity> layers;
};

void put_all(sql::Connection& connection, const std::string& repository, const std::vector<Arrival>& arrivals,
             const std::vector<std::string>& tags, const Actor& actor, Timestamp now) {
    store::RepositoryStore repositories(connection);
    Intake intake{connection, repository, repositories.ensure(repository, now, actor.name), now};
    store::RowId last = 0;
    for (const Arrival& arrival : arrivals)
        last = intake.put(arrival.manifest, arrival.facts);
    std::int64_t new_tags = 0;
    for (const std::string& tag : tags)
        new_tags += store::TagStore(connection).put(intake.repository_id, tag, last, now) ? 1 : 0;
    repositories.count(intake.repository_id, new_tags, intake.created, now);
    for (const Arrival& arrival : arrivals)
        for (const LayerIdentity& layer : arrival.layers)
            store::LayerStore(connection).put(layer.diff_id, layer.blob);
    audit(connection, actor, now, "image.push", name_of(repository, arrivals.back().manifest.digest(), tags));
}

} // namespace

std::vector<std::string> remove_manifest(sql::Connection& connection, store::RowId repository, store::RowId manifest,
                                         Timestamp now) {
    std::vector<std::string> tags = store::TagStore(connection).list_names(manifest);
    store::ManifestStore(connection).remove(manifest);
    store::RepositoryStore(connection).count(repository, -static_cast<std::int64_t>(tags.size()), -1, now);
    return tags;
}

StoredManifestPtr Warehouse::find_cached_manifest(std::string_view repository, std::string_view tag_or_digest) {
    // Who asks by digest may go on to push an index of it; a tagged manifest is safe anyway.
    if (!is_digest(tag_or_digest))
        return core_->cache.find(repository, tag_or_digest).manifest;
    Timestamp now = core_->clock.now();
    ManifestCache::Hit hit = core_->cache.find(repository, tag_or_digest, now, touch_interval(core_->grace.load()));
    if (hit.touch_due && !core_->guard.touch(hit.manifest->digest, now))
        return nullptr; // being collected just now
    return hit.manifest;
}

awaitable<StoredManifestPtr> Warehouse::find_manifest(std::string repository, std::string tag_or_digest) {
    if (StoredManifestPtr hit = find_cached_manifest(repository, tag_or_digest))
        co_return hit;
    std::optional<oci::Digest> asked;
    if (is_digest(tag_or_digest)) {
        auto parsed = oci::Digest::parse(tag_or_digest);
        if (!parsed)
            co_return nullptr;
        asked = *parsed;
    }
    auto select = [&](sql::Connection& connection) {
        store::ManifestStore manifests(connection);
        return asked ? manifests.find(repository, *asked) : manifests.find_tagged(repository, tag_or_digest);
    };
    // A manifest may be deleted and collected between finding its row and reading its bytes; then the row tells.
    std::shared_ptr<const std::string> bytes;
    for (int attempt = 0; attempt < 3; ++attempt) {
        ManifestCache::Ticket ticket = core_->cache.ticket(repository, tag_or_digest);
        std::optional<DigestGuard::Pin> pin;
        if (asked) {
            DigestGuard::Pin taken = co_await core_->guard.pin(*asked);
            pin.emplace(std::move(taken));
        }
        std::optional<store::ManifestRow> row = co_await core_->database.read(select);
        if (!row)
            co_return nullptr;
        if (!pin) {
            DigestGuard::Pin taken = co_await core_->guard.pin(row->digest);
            pin.emplace(std::move(taken));
        }
        bytes = co_await core_->read_manifest(row->digest);
        if (!bytes)
            continue;
        if (asked)
            co_await core_->touch(*asked);
        auto manifest = std::make_shared<const StoredManifest>(StoredManifest{
            row->digest, row->digest.to_string(), std::move(row->media_type), std::move(bytes), row->has_subject});
        core_->cache.insert(repository, tag_or_digest, manifest, ticket);
        co_return manifest;
    }
    throw Error(ErrorKind::corrupt,
                fmt::format("the bytes of manifest {} of repository {} are missing", tag_or_digest, repository));
}

awaitable<void> Warehouse::put_manifest(std::string repository, oci::Manifest manifest, std::vector<std::string> tags,
                                        Actor actor) {
    std::vector<oci::Manifest> manifests;
    manifests.push_back(std::move(manifest));
    co_await put_manifests(std::move(repository), std::move(manifests), std::move(tags), std::move(actor));
}

awaitable<void> Warehouse::put_manifests(std::string repository, std::vector<oci::Manifest> manifests,
                                         std::vector<std::string> tags, Actor actor) {
    std::vector<DigestGuard::Pin> pins; // until the rows are there
    std::vector<Arrival> arrivals;
    for (oci::Manifest& manifest : manifests) {
        std::optional<oci::ImageConfig> config = co_await core_->read_config(manifest);
        DigestGuard::Pin pin = co_await core_->guard.pin(manifest.digest());
        pins.push_back(std::move(pin));
        std::optional<content::ObjectInfo> present = co_await core_->files.find(manifest.digest());
        if (!present) {
            std::unique_ptr<content::Ingest> ingest = co_await core_->files.begin_ingest(manifest.digest().algorithm());
            co_await ingest->write(as_bytes(manifest.bytes()));
            co_await ingest->commit(manifest.digest());
        }
        store::ManifestFacts facts = facts_of_image(manifest, config);
        std::vector<LayerIdentity> layers = layers_of(manifest, config);
        arrivals.push_back({std::move(manifest), std::move(facts), std::move(layers)});
    }
    Timestamp now = core_->clock.now();
    std::uint64_t added = 0;
    for (const Arrival& arrival : arrivals)
        added += arrival.manifest.bytes().size();
    auto put = [&](sql::Connection& connection) {
        put_all(connection, repository, arrivals, tags, actor, now);
        core_->quotas.require_kept(connection, repository, added);
    };
    auto settled = [&] {
        for (const std::string& tag : tags)
            core_->cache.erase(repository, tag);
        core_->inventory.note_change(repository, tags);
    };
    co_await core_->database.write(std::move(put), std::move(settled));
    for (const Arrival& arrival : arrivals) {
        co_await core_->touch(arrival.manifest.digest());
        for (const oci::Descriptor& blob : arrival.manifest.blobs())
            core_->guard.touch(blob.digest, now);
    }
}

awaitable<bool> Warehouse::tag_manifest(std::string repository, oci::Digest digest, std::string tag, Actor actor) {
    Timestamp now = core_->clock.now();
    auto put = [&](sql::Connection& connection) {
        store::RepositoryStore repositories(connection);
        std::optional<store::RowId> id = repositories.find(repository);
        std::optional<store::RowId> manifest;
        if (id)
            manifest = store::ManifestStore(connection).find_id(*id, digest);
        if (!manifest)
            return false;
        bool created = store::TagStore(connection).put(*id, tag, *manifest, now);
        repositories.count(*id, created ? 1 : 0, 0, now);
        audit(connection, actor, now, "image.tag", name_of(repository, digest, {tag}));
        return true;
    };
    auto settled = [&] {
        core_->cache.erase(repository, tag);
        core_->inventory.note_change(repository, {tag});
    };
    co_return co_await core_->database.write(std::move(put), std::move(settled));
}

awaitable<bool> Warehouse::delete_manifest(std::string repository, oci::Digest digest, Actor actor) {
    Timestamp now = core_->clock.now();
    std::optional<std::vector<std::string>> tags;
    auto remove = [&](sql::Connection& connection) {
        std::optional<store::RowId> id = store::RepositoryStore(connection).find(repository);
        std::optional<store::RowId> manifest;
        if (id)
            manifest = store::ManifestStore(connection).find_id(*id, digest);
        if (!manifest)
            return false;
        tags = remove_manifest(connection, *id, *manifest, now);
        audit(connection, actor, now, "image.delete", name_of(repository, digest, *tags));
        return true;
    };
    auto settled = [&] {
        core_->cache.erase(repository, digest.to_string());
        std::vector<std::string> removed = tags.value_or(std::vector<std::string>());
        for (const std::string& tag : removed)
            core_->cache.erase(repository, tag);
        core_->inventory.note_change(repository, removed);
    };
    co_return co_await core_->database.write(std::move(remove), std::move(settled));
}

awaitable<std::vector<oci::Descriptor>> Warehouse::list_referrers(std::string repository, oci::Digest subject,
                                                                  std::string artifact_type) {
    auto select = [&](sql::Connection& connection) {
        return store::ManifestStore(connection).list_referrers(repository, subject);
    };
    std::vector<oci::Descriptor> referrers = co_await core_->database.read_slowly(select);
    if (!artifact_type.empty())
        std::erase_if(referrers, [&](const oci::Descriptor& one) { return one.artifact_type != artifact_type; });
    co_return referrers;
}

} // namespace cang::warehouse
