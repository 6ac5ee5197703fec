#include "image/places/warehouse/lists.hpp"

#include "async/sleep.hpp"
#include "base/log.hpp"
#include "image/places/warehouse/core.hpp"
#include "image/places/warehouse/image_facts.hpp"
#include "image/store/image_store.hpp"

namespace cang::warehouse {

namespace {

constexpr std::size_t kDescribedAWrite = 100;

struct Described {
    store::UndescribedRow row;
    oci::Manifest manifest;
    store::ManifestFacts facts;
};

// nullopt when its bytes are missing or damaged, which fsck tells.
awaitable<std::optional<Described>> describe(Warehouse::Core& core, store::UndescribedRow row) {
    std::shared_ptr<const std::string> bytes;
    try {
        bytes = co_await core.read_manifest(row.digest);
    } catch (const Error& error) {
        log::warn("image_not_described", {{"digest", row.digest.to_string()}, {"error", error.message()}});
    }
    if (!bytes)
        co_return std::nullopt;
    auto manifest = oci::Manifest::parse(*bytes, row.media_type, row.digest.algorithm());
    if (!manifest)
        co_return std::nullopt;
    std::optional<oci::ImageConfig> config = co_await core.read_config(*manifest);
    store::ManifestFacts facts = facts_of_image(*manifest, config);
    co_return Described{std::move(row), std::move(*manifest), std::move(facts)};
}

void write_facts(sql::Connection& connection, const Described& one) {
    store::ManifestFacts facts = one.facts;
    if (one.manifest.is_index()) {
        ChildRows images;
        for (const oci::Descriptor& child : one.manifest.manifests())
            if (auto row = store::ManifestStore(connection).find_child(one.row.repository, child.digest))
                images.emplace(child.digest, std::move(*row));
        facts = facts_of_index(one.manifest, images);
    }
    store::ImageStore(connection).describe(one.row.id, facts);
}

awaitable<void> describe_images(Warehouse::Core& core) {
    store::RowId after = 0;
    bool any = false;
    for (std::size_t found = kDescribedAWrite; found == kDescribedAWrite;) {
        auto select = [after](sql::Connection& connection) {
            return store::ImageStore(connection).list_undescribed(after, kDescribedAWrite);
        };
        std::vector<store::UndescribedRow> page = co_await core.database.read_slowly(select);
        found = page.size();
        std::vector<Described> described;
        for (store::UndescribedRow& row : page) {
            co_await async::check_cancelled();
            after = row.id;
            std::optional<Described> one = co_await describe(core, std::move(row));
            if (one)
                described.push_back(std::move(*one));
        }
        auto write = [&described](sql::Connection& connection) {
            for (const Described& one : described)
                write_facts(connection, one);
        };
        if (!described.empty())
            co_await core.database.write(std::move(write));
        any = any || !described.empty();
    }
    if (any)
        core.inventory.forget();
}

} // namespace

awaitable<Page<ImageEntry>> list_images(Warehouse& warehouse, ImageQuery query) {
    Warehouse::Core& core = warehouse.core();
    auto select = [&](sql::Connection& connection) { return core.inventory.list_images(connection, query); };
    co_return co_await core.database.read_slowly(select);
}

awaitable<Page<RepositoryEntry>> list_repositories(Warehouse& warehouse, RepositoryQuery query) {
    Warehouse::Core& core = warehouse.core();
    auto select = [&](sql::Connection& connection) { return core.inventory.list_repositories(connection, query); };
    co_return co_await core.database.read_slowly(select);
}

awaitable<std::optional<ImageRecord>> find_image(Warehouse& warehouse, std::string repository, oci::Digest digest) {
    auto select = [&](sql::Connection& connection) -> std::optional<ImageRecord> {
        store::ImageStore images(connection);
        std::optional<store::PushedRow> row = images.find_pushed(repository, digest);
        if (!row)
            return std::nullopt;
        ImageRecord record{row->pushed_at, row->image_size, store::TagStore(connection).list_names(row->id), {}};
        std::ranges::sort(record.tags);
        for (auto& [child, size] : images.list_child_sizes(row->id))
            record.image_sizes.emplace(std::move(child), size);
        return record;
    };
    co_return co_await warehouse.core().database.read_slowly(select);
}

awaitable<std::optional<RepositoryEntry>> find_repository(Warehouse& warehouse, std::string repository) {
    auto select = [&](sql::Connection& connection) { return store::RepositoryStore(connection).find_row(repository); };
    std::optional<store::RepositoryRow> row = co_await warehouse.core().database.read(select);
    if (!row || row->manifests == 0)
        co_return std::nullopt;
    co_return RepositoryEntry{std::move(row->name), row->tags, row->manifests, row->updated_at};
}

awaitable<void> prepare_lists(Warehouse& warehouse) {
    Warehouse::Core& core = warehouse.core();
    co_await describe_images(core);
    auto read = [&core](sql::Connection& connection) { core.inventory.catch_up(connection); };
    co_await core.database.read_slowly(read);
}

} // namespace cang::warehouse
