#include "image/store/repository_store.hpp"

#include "base/error.hpp"

namespace cang::store {

namespace {

using Columns = std::tuple<RowId, std::string, std::uint64_t, std::uint64_t, std::int64_t>;

RepositoryRow to_row(Columns columns) {
    auto& [id, name, tags, manifests, updated_at] = columns;
    return {id, std::move(name), tags, manifests, from_millis(updated_at)};
}

} // namespace

std::optional<RowId> RepositoryStore::find(const std::string& name) {
    return connection_.find<RowId>("SELECT id FROM repositories WHERE name = :name", name);
}

std::optional<RepositoryRow> RepositoryStore::find_row(const std::string& name) {
    auto found = connection_.find<RowId, std::string, std::uint64_t, std::uint64_t, std::int64_t>(
        "SELECT id, name, tags, manifests, updated_at FROM repositories WHERE name = :name", name);
    return found ? std::optional(to_row(std::move(*found))) : std::nullopt;
}

RowId RepositoryStore::ensure(const std::string& name, Timestamp now, const std::string& created_by) {
    if (auto id = find(name)) {
        // Clients push blobs before manifests.
        if (!created_by.empty())
            connection_.execute("UPDATE repositories SET created_by = :created_by "
                                "WHERE id = :id AND created_by = '' AND manifests = 0",
                                created_by, *id);
        return *id;
    }
    auto id = connection_.find<RowId>("INSERT INTO repositories (name, updated_at, created_by) "
                                      "VALUES (:name, :now, :created_by) "
                                      "ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id",
                                      name, to_millis(now), created_by);
    return id.value();
}

std::optional<OwnershipRow> RepositoryStore::find_ownership(const std::string& name) {
    auto found = connection_.find<std::string, std::int64_t>(
        "SELECT created_by, private FROM repositories WHERE name = :name", name);
    if (!found)
        return std::nullopt;
    return OwnershipRow{.created_by = std::get<0>(*found), .is_private = std::get<1>(*found) != 0};
}

void RepositoryStore::forget_creator(const std::string& name) {
    connection_.execute("UPDATE repositories SET created_by = '' WHERE created_by = :name", name);
}

bool RepositoryStore::set_private(const std::string& name, bool is_private) {
    return connection_.execute("UPDATE repositories SET private = :private WHERE name = :name", is_private, name) > 0;
}

std::vector<PrivateRow> RepositoryStore::list_private() {
    std::vector<PrivateRow> rows;
    auto visit = [&rows](std::tuple<std::string, std::string> columns) {
        rows.push_back({std::get<0>(columns), std::get<1>(columns)});
    };
    connection_.each<std::string, std::string>("SELECT name, created_by FROM repositories WHERE private = 1", visit);
    return rows;
}

void RepositoryStore::count(RowId id, std::int64_t tags, std::int64_t manifests, Timestamp now) {
    connection_.execute("UPDATE repositories SET tags = tags + :tags, manifests = manifests + :manifests, "
                        "updated_at = :now WHERE id = :id",
                        tags, manifests, to_millis(now), id);
}

bool RepositoryStore::remove_if_empty(RowId id) {
    return connection_.execute(
               "DELETE FROM repositories WHERE id = :id "
               "AND NOT EXISTS (SELECT 1 FROM manifests WHERE manifests.repository_id = repositories.id) "
               "AND NOT EXISTS (SELECT 1 FROM repository_blobs WHERE repository_blobs.repository_id = repositories.id)",
               id) > 0;
}

std::vector<RepositoryRow> RepositoryStore::list(const std::string& last, std::size_t limit) {
    std::vector<RepositoryRow> rows;
    auto visit = [&rows](Columns columns) { rows.push_back(to_row(std::move(columns))); };
    connection_.each<RowId, std::string, std::uint64_t, std::uint64_t, std::int64_t>(
        "SELECT id, name, tags, manifests, updated_at FROM repositories WHERE name > :last AND manifests > 0 "
        "ORDER BY name LIMIT :limit",
        visit, last, limit);
    return rows;
}

std::vector<RepositoryRow> RepositoryStore::list_empty(Timestamp cutoff, std::size_t limit) {
    std::vector<RepositoryRow> rows;
    auto visit = [&rows](Columns columns) { rows.push_back(to_row(std::move(columns))); };
    connection_.each<RowId, std::string, std::uint64_t, std::uint64_t, std::int64_t>(
        "SELECT id, name, tags, manifests, updated_at FROM repositories WHERE manifests = 0 AND updated_at < :cutoff "
        "AND NOT EXISTS (SELECT 1 FROM manifests WHERE manifests.repository_id = repositories.id) "
        "AND NOT EXISTS (SELECT 1 FROM repository_blobs WHERE repository_blobs.repository_id = repositories.id) "
        "ORDER BY id LIMIT :limit",
        visit, to_millis(cutoff), limit);
    return rows;
}

// An object counts once, whether it is there as a blob or as a manifest.
UsageRow RepositoryStore::usage(RowId id) {
    auto found = connection_.find<std::uint64_t, std::uint64_t>(
        "WITH held AS (SELECT object_id FROM repository_blobs WHERE repository_id = :blobs_of "
        "UNION SELECT object_id FROM manifests WHERE repository_id = :manifests_of) "
        "SELECT CAST(COALESCE(SUM(objects.size), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN "
        "EXISTS (SELECT 1 FROM repository_blobs b WHERE b.object_id = held.object_id AND b.repository_id <> :other) "
        "OR EXISTS (SELECT 1 FROM manifests m WHERE m.object_id = held.object_id AND m.repository_id <> :another) "
        "THEN objects.size ELSE 0 END), 0) AS BIGINT) FROM held JOIN objects ON objects.id = held.object_id",
        id, id, id, id);
    auto [total, shared] = found.value();
    return {total - shared, shared};
}

TotalsRow RepositoryStore::totals() {
    auto objects = connection_.find<std::uint64_t, std::uint64_t>(
        "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM objects");
    auto repositories = connection_.find<std::uint64_t, std::uint64_t, std::uint64_t>(
        "SELECT COUNT(*), CAST(COALESCE(SUM(tags), 0) AS BIGINT), CAST(COALESCE(SUM(manifests), 0) AS BIGINT) "
        "FROM repositories WHERE manifests > 0");
    auto logical = connection_.find<std::uint64_t>(
        "SELECT CAST(COALESCE(SUM(objects.size), 0) AS BIGINT) FROM objects JOIN "
        "(SELECT object_id FROM repository_blobs UNION ALL SELECT object_id FROM manifests) held "
        "ON held.object_id = objects.id");
    TotalsRow totals;
    std::tie(totals.objects, totals.bytes) = objects.value();
    std::tie(totals.repositories, totals.tags, totals.manifests) = repositories.value();
    totals.logical_bytes = logical.value();
    return totals;
}

} // namespace cang::store
