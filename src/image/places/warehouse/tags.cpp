#include "image/places/warehouse/audit.hpp"
#include "image/places/warehouse/core.hpp"

namespace cang::warehouse {

namespace {

// Manifests removed in one write, so that no push waits long behind the end of a large repository.
constexpr std::size_t manifests_a_write = 200;

// True when there may be more.
bool remove_some_manifests(sql::Connection& connection, store::RowId repository, Timestamp now) {
    std::vector<store::RowId> ids = store::ManifestStore(connection).list_ids(repository, manifests_a_write);
    for (store::RowId id : ids)
        remove_manifest(connection, repository, id, now);
    return ids.size() == manifests_a_write;
}

std::vector<RepositoryEntry> to_entries(std::vector<store::RepositoryRow> rows) {
    std::vector<RepositoryEntry> entries;
    entries.reserve(rows.size());
    for (store::RepositoryRow& row : rows)
        entries.push_back({std::move(row.name), row.tags, row.manifests, row.updated_at});
    return entries;
}

} // namespace

awaitable<bool> Warehouse::delete_tag(std::string repository, std::string tag, Actor actor) {
    Timestamp now = core_->clock.now();
    auto remove = [&](sql::Connection& connection) {
        store::RepositoryStore repositories(connection);
        std::optional<store::RowId> id = repositories.find(repository);
        if (!id || !store::TagStore(connection).remove(*id, tag))
            return false;
        repositories.count(*id, -1, 0, now);
        audit(connection, actor, now, "image.delete", repository + ":" + tag);
        return true;
    };
    auto settled = [&] {
        core_->cache.erase(repository, tag);
        core_->inventory.note_change(repository, {tag});
    };
    co_return co_await core_->database.write(std::move(remove), std::move(settled));
}

awaitable<bool> Warehouse::delete_repository(std::string repository, Actor actor) {
    auto find = [&](sql::Connection& connection) { return store::RepositoryStore(connection).find(repository); };
    std::optional<store::RowId> id = co_await core_->database.read(find);
    if (!id)
        co_return false;
    auto settled = [&] {
        core_->cache.erase_repository(repository);
        core_->inventory.note_repository(repository);
    };
    for (bool more = true; more;) {
        auto remove = [&](sql::Connection& connection) {
            if (remove_some_manifests(connection, *id, core_->clock.now()))
                return true;
            store::BlobStore(connection).unlink_all(*id);
            store::RepositoryStore(connection).remove_if_empty(*id);
            audit(connection, actor, core_->clock.now(), "repository.delete", repository);
            return false;
        };
        more = co_await core_->database.write(std::move(remove), settled);
    }
    co_return true;
}

awaitable<bool> Warehouse::has_repository(std::string repository) {
    auto find = [&](sql::Connection& connection) { return store::RepositoryStore(connection).find(repository); };
    std::optional<store::RowId> id = co_await core_->database.read(find);
    co_return id.has_value();
}

awaitable<std::vector<TagEntry>> Warehouse::list_tags(std::string repository, std::string last, std::size_t limit) {
    auto select = [&](sql::Connection& connection) {
        return store::TagStore(connection).list(repository, last, limit);
    };
    std::vector<store::TagRow> rows = co_await core_->database.read_slowly(select);
    std::vector<TagEntry> entries;
    entries.reserve(rows.size());
    for (store::TagRow& row : rows)
        entries.push_back({std::move(row.name), std::move(row.digest), row.updated_at});
    co_return entries;
}

awaitable<std::vector<RepositoryEntry>> Warehouse::list_repositories(std::string last, std::size_t limit) {
    auto select = [&](sql::Connection& connection) { return store::RepositoryStore(connection).list(last, limit); };
    std::vector<store::RepositoryRow> rows = co_await core_->database.read_slowly(select);
    co_return to_entries(std::move(rows));
}

} // namespace cang::warehouse
