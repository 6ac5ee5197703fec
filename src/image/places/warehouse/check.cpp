#include "image/places/warehouse/collector.hpp"

#include "async/sleep.hpp"
#include "image/places/warehouse/core.hpp"
#include "image/store/check_store.hpp"
#include "io/hash.hpp"

#include <unordered_set>

namespace cang::warehouse {

namespace {

constexpr std::size_t page_size = 500;

class Check {
public:
    Check(Warehouse::Core& core, bool deep, std::function<void(const CollectProgress&)> progress)
        : core_(core), deep_(deep), progress_(std::move(progress)) {}

    awaitable<FsckResult> run() {
        co_await check_facts();
        auto totals = [](sql::Connection& connection) { return store::RepositoryStore(connection).totals(); };
        totals_ = co_await core_.database.read_slowly(totals);
        co_await check_each(&store::CheckStore::list_objects, &Check::check_object);
        co_await check_each(&store::CheckStore::list_manifests, &Check::check_manifest);
        co_return result_;
    }

private:
    // Calls the check for every row that the list pages through, in the order of their ids.
    template <typename Row>
    awaitable<void> check_each(std::vector<Row> (store::CheckStore::*list)(store::RowId, std::size_t),
                               awaitable<void> (Check::*check_row)(Row));
    awaitable<void> check_facts();
    awaitable<void> check_object(store::ObjectRow object);
    awaitable<bool> is_sound(oci::Digest digest);
    awaitable<void> check_manifest(store::HeldManifestRow row);
    awaitable<void> report(std::string_view phase, std::uint64_t done, std::uint64_t total);
    void problem(std::string what, std::string digest, std::string repository = {}) {
        result_.problems.push_back({std::move(what), std::move(digest), std::move(repository)});
    }

    Warehouse::Core& core_;
    bool deep_;
    std::function<void(const CollectProgress&)> progress_;
    store::TotalsRow totals_;
    FsckResult result_;
};

awaitable<void> Check::report(std::string_view phase, std::uint64_t done, std::uint64_t total) {
    co_await async::check_cancelled();
    CollectProgress progress;
    progress.phase = phase;
    progress.done = done;
    progress.total = total;
    if (progress_)
        progress_(progress);
}

awaitable<void> Check::check_facts() {
    auto select = [](sql::Connection& connection) { return store::CheckStore(connection).engine_problems(); };
    std::vector<std::string> engine = co_await core_.database.read_slowly(select);
    for (const std::string& text : engine)
        problem("database: " + text, "");
    auto count = [](sql::Connection& connection) { return store::CheckStore(connection).list_miscounted(); };
    std::vector<std::string> miscounted = co_await core_.database.read_slowly(count);
    for (std::string& name : miscounted)
        problem("counts wrong", "", std::move(name));
}

template <typename Row>
awaitable<void> Check::check_each(std::vector<Row> (store::CheckStore::*list)(store::RowId, std::size_t),
                                  awaitable<void> (Check::*check_row)(Row)) {
    store::RowId after = 0;
    for (std::size_t found = page_size; found == page_size;) {
        auto select = [list, after](sql::Connection& connection) {
            return (store::CheckStore(connection).*list)(after, page_size);
        };
        std::vector<Row> page = co_await core_.database.read_slowly(select);
        found = page.size();
        after = page.empty() ? after : page.back().id;
        for (const Row& row : page)
            co_await (this->*check_row)(row);
    }
}

awaitable<void> Check::check_object(store::ObjectRow object) {
    co_await report("objects", result_.objects, totals_.objects);
    // With the pin the collector is either done with the object, and then its row is gone, or has to leave it.
    DigestGuard::Pin pin = co_await core_.guard.pin(object.digest);
    auto select = [&](sql::Connection& connection) { return store::BlobStore(connection).find_object(object.digest); };
    std::optional<store::ObjectRow> row = co_await core_.database.read(select);
    if (!row)
        co_return;
    ++result_.objects;
    result_.bytes += row->size;
    std::optional<content::ObjectInfo> file = co_await core_.files.find(object.digest);
    if (!file) {
        problem("object missing", object.digest.to_string());
        co_return;
    }
    if (file->size != row->size)
        problem("size wrong", object.digest.to_string());
    if (!deep_)
        co_return;
    bool sound = co_await is_sound(object.digest);
    if (!sound)
        problem("object corrupt", object.digest.to_string());
}

awaitable<bool> Check::is_sound(oci::Digest digest) {
    content::ByteRange whole;
    io::ReaderPtr reader = co_await core_.files.open(digest, whole);
    io::Hash hash(digest.algorithm());
    std::vector<std::byte> buffer(1 * MiB);
    for (;;) {
        std::size_t length = co_await reader->read(buffer);
        if (length == 0)
            co_return hash.digest() == digest;
        auto update = [&] { hash.update(ByteView(buffer).first(length)); };
        co_await async::run_blocking(core_.pool, update);
    }
}

awaitable<void> Check::check_manifest(store::HeldManifestRow row) {
    co_await report("manifests", result_.manifests, totals_.manifests);
    DigestGuard::Pin pin = co_await core_.guard.pin(row.digest);
    auto select = [&](sql::Connection& connection) {
        std::optional<std::vector<std::string>> blobs;
        if (store::ManifestStore(connection).find_id(row.repository, row.digest))
            blobs = store::CheckStore(connection).list_whole_blobs(row.id);
        return blobs;
    };
    auto blobs = co_await core_.database.read(select);
    std::optional<content::ObjectInfo> file = co_await core_.files.find(row.digest);
    if (!blobs || !file) // deleted meanwhile, or reported as an object already
        co_return;
    ++result_.manifests;
    std::string digest = row.digest.to_string();
    content::ByteRange whole;
    io::ReaderPtr reader = co_await core_.files.open(row.digest, whole);
    std::string bytes = co_await io::read_all(*reader, oci::ManifestLimits::bytes);
    if (oci::Digest::of(std::string_view(bytes), row.digest.algorithm()) != row.digest) {
        if (!deep_)
            problem("object corrupt", digest, row.repository_name);
        co_return;
    }
    auto manifest = oci::Manifest::parse(std::move(bytes), row.media_type, row.digest.algorithm());
    if (!manifest) {
        problem("manifest invalid", digest, row.repository_name);
        co_return;
    }
    std::unordered_set<std::string> present(blobs->begin(), blobs->end());
    for (const oci::Descriptor& blob : manifest->blobs())
        if (!present.contains(blob.digest.to_string()) && !oci::is_foreign_layer(blob.media_type))
            problem("blob missing", blob.digest.to_string(), row.repository_name);
}

} // namespace

awaitable<FsckResult> check(Warehouse& warehouse, bool deep, std::function<void(const CollectProgress&)> progress) {
    Check one(warehouse.core(), deep, std::move(progress));
    co_return co_await one.run();
}

} // namespace cang::warehouse
