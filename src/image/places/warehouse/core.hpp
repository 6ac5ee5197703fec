// Private to this room: what the warehouse is made of.
#pragma once

#include "base/oci/image_config.hpp"
#include "content/filesystem_store.hpp"
#include "image/places/warehouse/data_directory.hpp"
#include "image/places/warehouse/digest_guard.hpp"
#include "image/places/warehouse/guarded_store.hpp"
#include "image/places/warehouse/inventory.hpp"
#include "image/places/warehouse/manifest_cache.hpp"
#include "image/places/warehouse/quotas.hpp"
#include "image/store/blob_store.hpp"
#include "image/store/manifest_store.hpp"
#include "image/store/tag_store.hpp"
#include "sql/database.hpp"

namespace cang::warehouse {

struct Warehouse::Core {
    Core(WarehouseOptions given, const Clock& time, async::BlockingPool& threads);
    ~Core();

    // Records that somebody relies on the digest staying for the grace period. Call it with the digest pinned.
    awaitable<void> touch(const oci::Digest& digest);
    // Writes the touches down and forgets them; they hold all the while.
    awaitable<void> persist_touches();
    // Everything touched at or after this is safe from the collector.
    Timestamp cutoff() const { return clock.now() - grace.load(); }

    // Reads a manifest's bytes and verifies them; null when the object is not there.
    awaitable<std::shared_ptr<const std::string>> read_manifest(const oci::Digest& digest);

    // The config of an image; nullopt for artifacts and indexes, and when it is not there or not readable.
    awaitable<std::optional<oci::ImageConfig>> read_config(const oci::Manifest& manifest);

    WarehouseOptions options;
    std::atomic<std::chrono::milliseconds> grace;
    const Clock& clock;
    async::BlockingPool& pool;
    DataDirectory directory;
    sql::Database database;
    content::FilesystemStore files;
    DigestGuard guard;
    GuardedStore objects;
    ManifestCache cache;
    Inventory inventory;
    Quotas quotas;
    std::atomic<bool> persisting{false};
    // When the last process died, its touches in memory died with it: then everything counts as touched at the start
    // after that.
    Timestamp assumed_touch;
};

// Removes the manifest with its tags and counts it off; returns the names of the tags.
std::vector<std::string> remove_manifest(sql::Connection& connection, store::RowId repository, store::RowId manifest,
                                         Timestamp now);

} // namespace cang::warehouse
