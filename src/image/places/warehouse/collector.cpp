// How to free storage while pushes go on.
//
// The danger is a push that relies on a blob which the collector is about to free: the client asked with HEAD, was told
// that the blob is there, sends only the rest, and then the manifest. Stopping the world, as older registries do, is
// out of the question; so is a lock that a push would wait for. Three things together make it safe:
//
//  - Grace. Whatever a push, a mount or a HEAD touched within the grace period stays. Touches are kept in memory
//    (DigestGuard), so that they cost no write; they move to the database now and then, at a clean end, and before a
//    collection. After a kill everything counts as touched at the next start.
//  - The guard. Grace alone leaves a gap between the collector's look at the touch and its commit. The collector
//    therefore marks a digest as being removed, which fails when somebody uses it, and unmarks it when it is done.
//    Who comes meanwhile waits these milliseconds, and then finds the blob either there or gone for good.
//  - The writer. Candidates come from a reader's view that may be old. Each removal decides again inside the writer's
//    transaction, which puts it before or after any push of a manifest, never in the middle.
//
// Rows go first, files after their commit. A kill in between leaves a file without row: nobody can see it, a push of
// the same blob takes it over, and the last phase sweeps it. The reverse order could leave a row without bytes, which
// would be a lie. A file without row may also belong to a push that is between its commit and its link; that one holds
// a pin or has just touched the digest.
//
// A backup, which is another process, copies files by a view of the facts. It must not lose them on the way: see
// hold.hpp. A collection ends with an error as long as one is being made.
//
// Cost: each write handles at most `batch` rows and takes milliseconds, pushes of other blobs run in between. What
// becomes free during a run may have to wait for the next.
#include "image/places/warehouse/collector.hpp"

#include "async/sleep.hpp"
#include "image/places/warehouse/core.hpp"
#include "image/places/warehouse/hold.hpp"
#include "image/places/warehouse/removals.hpp"
#include "image/store/collection_store.hpp"
#include "image/store/layer_store.hpp"

namespace cang::warehouse {

namespace {

constexpr std::size_t batch = 100;
constexpr std::size_t sweep_limit = 10'000; // files without row removed in one run; a bound for memory

class Collection {
public:
    Collection(Warehouse::Core& core, CollectOptions options, std::function<void(const CollectProgress&)> progress)
        : core_(core), options_(options), progress_(std::move(progress)), cutoff_(core.cutoff()) {}

    awaitable<CollectResult> run();

private:
    // Early, before anything is half done; each step that removes files asks again.
    void refuse_during_backup() { Hold::remove_files(core_.directory.content()); }
    awaitable<void> expire_uploads();
    awaitable<void> collect_manifests();
    awaitable<std::uint64_t> collect_manifests_once();
    awaitable<void> collect_links();
    awaitable<void> collect_repositories();
    awaitable<void> collect_objects();
    awaitable<void> sweep_files();
    awaitable<void> sweep_file(content::ObjectInfo file);
    awaitable<void> estimate();
    awaitable<bool> abort_upload(std::string id);
    // Also the point at which a collection can be cancelled.
    awaitable<void> report(std::string_view phase, std::uint64_t done, std::uint64_t total = 0);

    Warehouse::Core& core_;
    CollectOptions options_;
    std::function<void(const CollectProgress&)> progress_;
    Timestamp cutoff_;
    CollectResult result_;
};

awaitable<CollectResult> Collection::run() {
    co_await core_.persist_touches();
    co_await expire_uploads();
    // After a kill, nobody knows what was touched before it.
    bool all_touched = core_.assumed_touch >= cutoff_;
    if (all_touched)
        co_return result_;
    if (options_.dry_run) {
        co_await estimate();
        co_return result_;
    }
    refuse_during_backup();
    if (options_.untagged)
        co_await collect_manifests();
    co_await collect_links();
    co_await collect_repositories();
    co_await collect_objects();
    co_await sweep_files();
    co_return result_;
}

awaitable<void> Collection::report(std::string_view phase, std::uint64_t done, std::uint64_t total) {
    co_await async::check_cancelled();
    CollectProgress progress;
    progress.phase = phase;
    progress.done = done;
    progress.total = total;
    if (progress_)
        progress_(progress);
}

awaitable<void> Collection::expire_uploads() {
    std::vector<content::IngestInfo> uploads = co_await core_.files.list_ingests();
    Timestamp oldest = core_.clock.now() - options_.upload_expiry;
    std::uint64_t done = 0;
    for (const content::IngestInfo& upload : uploads) {
        co_await report("uploads", done++, uploads.size());
        if (upload.updated_at >= oldest)
            continue;
        bool gone = options_.dry_run;
        if (!gone)
            gone = co_await abort_upload(upload.id);
        result_.uploads += gone ? 1 : 0;
        result_.bytes += gone ? upload.offset : 0;
    }
}

awaitable<bool> Collection::abort_upload(std::string id) {
    std::unique_ptr<content::Ingest> ingest;
    try {
        ingest = co_await core_.files.resume_ingest(id);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::conflict)
            throw;
        // A slow client holds it: that upload is not abandoned.
    }
    if (ingest)
        co_await ingest->abort();
    co_return ingest != nullptr;
}

// Once an index falls, its children may; so until a round finds nothing.
awaitable<void> Collection::collect_manifests() {
    for (std::uint64_t fell = 1; fell > 0;) {
        fell = co_await collect_manifests_once();
        result_.manifests += fell;
    }
}

awaitable<std::uint64_t> Collection::collect_manifests_once() {
    std::uint64_t fell = 0;
    store::RowId after = 0;
    for (std::size_t found = batch; found == batch;) {
        co_await report("manifests", result_.manifests + fell);
        auto select = [&](sql::Connection& connection) {
            return store::CollectionStore(connection, cutoff_).list_unreached(after, batch);
        };
        std::vector<store::UnreachedRow> page = co_await core_.database.read_slowly(select);
        found = page.size();
        after = page.empty() ? after : page.back().id;
        Removals removals(core_.guard, cutoff_);
        std::erase_if(page, [&](const store::UnreachedRow& row) { return !removals.add(row.digest); });
        auto remove = [&](sql::Connection& connection) {
            store::CollectionStore collection(connection, cutoff_);
            std::uint64_t removed = 0;
            for (const store::UnreachedRow& row : page) {
                if (!collection.is_unreached(row.id))
                    continue;
                remove_manifest(connection, row.repository, row.id, core_.clock.now());
                ++removed;
            }
            return removed;
        };
        auto settled = [&] {
            for (const store::UnreachedRow& row : page) {
                core_.cache.erase(row.repository_name, row.digest.to_string());
                core_.inventory.note_change(row.repository_name, {});
            }
        };
        if (page.empty())
            continue;
        std::uint64_t removed = co_await core_.database.write(std::move(remove), std::move(settled));
        fell += removed;
    }
    co_return fell;
}

awaitable<void> Collection::collect_links() {
    store::LinkRow after;
    std::uint64_t done = 0;
    for (std::size_t found = batch; found == batch;) {
        co_await report("links", done);
        auto select = [&](sql::Connection& connection) {
            return store::CollectionStore(connection, cutoff_).list_unused_links(after, batch);
        };
        std::vector<store::LinkRow> page = co_await core_.database.read_slowly(select);
        found = page.size();
        after = page.empty() ? after : page.back();
        done += found;
        Removals removals(core_.guard, cutoff_);
        std::erase_if(page, [&](const store::LinkRow& row) { return !removals.add(row.digest); });
        auto remove = [&](sql::Connection& connection) {
            for (const store::LinkRow& row : page)
                store::CollectionStore(connection, cutoff_).remove_unused_link(row);
        };
        if (!page.empty())
            co_await core_.database.write(std::move(remove));
    }
}

awaitable<void> Collection::collect_repositories() {
    auto remove = [this](sql::Connection& connection) {
        store::RepositoryStore repositories(connection);
        std::size_t removed = 0;
        for (const store::RepositoryRow& row : repositories.list_empty(cutoff_, batch))
            removed += repositories.remove_if_empty(row.id) ? 1 : 0;
        return removed;
    };
    for (std::size_t removed = batch; removed == batch;)
        removed = co_await core_.database.write(remove);
}

awaitable<void> Collection::collect_objects() {
    store::RowId after = 0;
    std::uint64_t done = 0;
    for (std::size_t found = batch; found == batch;) {
        co_await report("objects", done);
        auto select = [&](sql::Connection& connection) {
            return store::CollectionStore(connection, cutoff_).list_unreferenced(after, batch);
        };
        std::vector<store::ObjectRow> page = co_await core_.database.read_slowly(select);
        found = page.size();
        after = page.empty() ? after : page.back().id;
        done += found;
        Removals removals(core_.guard, cutoff_);
        std::erase_if(page, [&](const store::ObjectRow& row) { return !removals.add(row.digest); });
        auto remove = [&](sql::Connection& connection) {
            std::vector<store::ObjectRow> gone;
            for (const store::ObjectRow& row : page)
                if (store::CollectionStore(connection, cutoff_).remove_unreferenced(row))
                    gone.push_back(row);
            return gone;
        };
        if (page.empty())
            continue;
        Hold hold = Hold::remove_files(core_.directory.content());
        std::vector<store::ObjectRow> gone = co_await core_.database.write(std::move(remove));
        for (const store::ObjectRow& row : gone) {
            co_await core_.files.erase(row.digest);
            ++result_.objects;
            result_.bytes += row.size;
        }
    }
    auto prune = [](sql::Connection& connection) { store::LayerStore(connection).prune(); };
    co_await core_.database.write(prune);
}

awaitable<void> Collection::sweep_files() {
    std::vector<content::ObjectInfo> orphans;
    auto visit = [&](const content::ObjectInfo& file) {
        auto find = [&](sql::Connection& connection) {
            return store::BlobStore(connection).find_object(file.digest).has_value();
        };
        if (orphans.size() < sweep_limit && !core_.database.read_now(find))
            orphans.push_back(file);
    };
    co_await core_.files.walk(visit);
    std::uint64_t done = 0;
    for (const content::ObjectInfo& file : orphans) {
        co_await report("files", done++, orphans.size());
        co_await sweep_file(file);
    }
}

awaitable<void> Collection::sweep_file(content::ObjectInfo file) {
    Removals removals(core_.guard, cutoff_);
    if (!removals.add(file.digest))
        co_return;
    auto find = [&](sql::Connection& connection) {
        return store::BlobStore(connection).find_object(file.digest).has_value();
    };
    bool taken_over = co_await core_.database.read(find);
    if (taken_over)
        co_return;
    Hold hold = Hold::remove_files(core_.directory.content());
    bool erased = co_await core_.files.erase(file.digest);
    result_.objects += erased ? 1 : 0;
    result_.bytes += erased ? file.size : 0;
}

awaitable<void> Collection::estimate() {
    auto select = [this](sql::Connection& connection) {
        return store::CollectionStore(connection, cutoff_).estimate(options_.untagged);
    };
    store::EstimateRow estimate = co_await core_.database.read_slowly(select);
    result_.manifests += estimate.manifests;
    result_.objects += estimate.objects;
    result_.bytes += estimate.bytes;
}

} // namespace

awaitable<CollectResult> collect(Warehouse& warehouse, CollectOptions options,
                                 std::function<void(const CollectProgress&)> progress) {
    Collection collection(warehouse.core(), options, std::move(progress));
    co_return co_await collection.run();
}

} // namespace cang::warehouse
