// The warehouse: the embedded store of images. Objects by digest in the object store, facts in SQL; this class keeps
// the two in step and is the only writer of either. The registry server, the image places and the collector all stand
// on it.
//
// Invariants, also after a kill at any moment:
//  - a manifest is visible only when it, its blobs and its child manifests are whole and linked to its repository;
//  - a blob is visible in a repository only when its object is whole;
//  - whatever was acknowledged stays until it is deleted.
//
// All methods may be called from any thread and any event loop. Repository and tag names are validated by the caller
// (oci::is_valid_repository, oci::is_valid_tag) or come from oci::Reference.
#pragma once

#include "async/run_blocking.hpp"
#include "base/actor.hpp"
#include "base/clock.hpp"
#include "base/oci/manifest.hpp"
#include "content/object_store.hpp"

#include <filesystem>
#include <functional>

namespace cang::warehouse {

struct WarehouseOptions {
    std::filesystem::path data_directory; // created; locked against a second process
    // A blob or manifest that nothing references is collected only when no push touched it for this long.
    std::chrono::milliseconds grace{std::chrono::hours(1)};
    std::size_t manifest_cache_bytes = 32 * 1024 * 1024;
    std::string database; // postgresql://… URL; empty means SQLite inside the data directory
};

// A manifest as served: immutable and shared, with what a response needs ready-made.
struct StoredManifest {
    oci::Digest digest;
    std::string digest_text; // "sha256:…"
    std::string media_type;
    std::shared_ptr<const std::string> bytes;
    bool has_subject = false;
};
using StoredManifestPtr = std::shared_ptr<const StoredManifest>;

struct TagEntry {
    std::string tag;
    oci::Digest digest;
    Timestamp updated_at;
};

struct RepositoryEntry {
    std::string name;
    std::uint64_t tags = 0;
    std::uint64_t manifests = 0;
    Timestamp updated_at;
};

// Bytes that a repository holds: `unique` are in no other repository, `shared` are.
struct RepositoryUsage {
    std::string name;
    std::uint64_t unique_bytes = 0;
    std::uint64_t shared_bytes = 0;
};

struct StorageUsage {
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;         // every object once
    std::uint64_t logical_bytes = 0; // as if no repository shared anything
    std::uint64_t repositories = 0;
    std::uint64_t tags = 0;
    std::uint64_t manifests = 0;
};

// Whether somebody may read what a repository holds.
using MayRead = std::function<bool(const std::string& repository)>;

// Why an image is refused. All throw Error with the distribution-spec code in code():
// MANIFEST_BLOB_UNKNOWN, MANIFEST_INVALID, NAME_UNKNOWN, BLOB_UNKNOWN, MANIFEST_UNKNOWN.
class Warehouse {
public:
    // Throws Error{conflict} "the data directory … is in use by process N" when another process holds it.
    Warehouse(WarehouseOptions options, const Clock& clock, async::BlockingPool& pool);
    ~Warehouse();

    content::ObjectStore& objects();

    // -- blobs. A blob is seen through the repositories it is linked to.
    awaitable<std::optional<content::ObjectInfo>> find_blob(std::string repository, oci::Digest digest);
    // After Ingest::commit: links the object to the repository. Idempotent.
    awaitable<void> link_blob(std::string repository, content::ObjectInfo object);
    // Before an upload: throws Error{permission_denied} when the repository's project has used up its quota.
    awaitable<void> require_room(std::string repository);
    // Links a blob that `from` has, or, when that is empty, any repository that `may_read` (empty: every one). False
    // when none has it.
    awaitable<bool> mount_blob(std::string repository, oci::Digest digest, std::string from, MayRead may_read = {});
    // Unlinks; the bytes go at the next collection. False when it was not there. Throws Error{conflict} while a
    // manifest of the repository uses it.
    awaitable<bool> delete_blob(std::string repository, oci::Digest digest);

    // -- manifests and tags. No SQL and no disk on a cache hit.
    awaitable<StoredManifestPtr> find_manifest(std::string repository, std::string tag_or_digest); // null: absent
    // The same from memory only, without a coroutine: null means "ask find_manifest", not "absent".
    StoredManifestPtr find_cached_manifest(std::string_view repository, std::string_view tag_or_digest);
    // Stores, checks that all blobs and children are there (foreign layers and a missing subject are fine), and points
    // `tags` at it, in one transaction. This and what follows are put down to `actor` in the audit log, who also counts
    // as the creator of a repository that is new.
    awaitable<void> put_manifest(std::string repository, oci::Manifest manifest, std::vector<std::string> tags,
                                 Actor actor = {});
    // Several in one transaction, children before parents; `tags` point at the last.
    awaitable<void> put_manifests(std::string repository, std::vector<oci::Manifest> manifests,
                                  std::vector<std::string> tags, Actor actor = {});
    // Points the tag at a manifest that is there; false when it is not.
    awaitable<bool> tag_manifest(std::string repository, oci::Digest digest, std::string tag, Actor actor = {});
    awaitable<bool> delete_tag(std::string repository, std::string tag, Actor actor = {});
    // Removes the manifest and the tags on it. Children of an index stay. False when it was not there.
    awaitable<bool> delete_manifest(std::string repository, oci::Digest digest, Actor actor = {});
    awaitable<bool> delete_repository(std::string repository, Actor actor = {});
    // Referrers of `subject`, newest last; `artifact_type` empty means all.
    awaitable<std::vector<oci::Descriptor>> list_referrers(std::string repository, oci::Digest subject,
                                                           std::string artifact_type = {});

    // -- lists, by byte order, after `last`, at most `limit`. Those with totals, search and sorting are in lists.hpp.
    awaitable<bool> has_repository(std::string repository);
    awaitable<std::vector<TagEntry>> list_tags(std::string repository, std::string last, std::size_t limit);
    awaitable<std::vector<RepositoryEntry>> list_repositories(std::string last, std::size_t limit);
    awaitable<StorageUsage> usage();
    // In the order of the names; zeros for a repository that is not there.
    awaitable<std::vector<RepositoryUsage>> usage_of(std::vector<std::string> repositories);

    // -- layers keep their identity. What find_layer() gives is in some repository, but that it is this layer is only
    // the word of who pushed it; WarehouseSink::find_layer() proves it.
    awaitable<std::optional<oci::Descriptor>> find_layer(oci::Digest diff_id);
    awaitable<void> remember_layer(oci::Digest diff_id, oci::Descriptor blob);

    struct Core; // for the collector and fsck of this room
    Core& core();

private:
    std::unique_ptr<Core> core_;
};

} // namespace cang::warehouse
