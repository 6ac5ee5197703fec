// Repositories by name, their counts and their use of storage. A store is a view of a connection for the length of one
// closure; writes belong into Database::write.
#pragma once

#include "base/clock.hpp"
#include "sql/connection.hpp"

namespace cang::store {

using RowId = std::int64_t;

struct RepositoryRow {
    RowId id = 0;
    std::string name;
    std::uint64_t tags = 0;
    std::uint64_t manifests = 0;
    Timestamp updated_at;
};

struct UsageRow {
    std::uint64_t unique_bytes = 0; // of objects that no other repository holds
    std::uint64_t shared_bytes = 0;
};

struct TotalsRow {
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
    std::uint64_t logical_bytes = 0;
    std::uint64_t repositories = 0; // that have a manifest
    std::uint64_t tags = 0;
    std::uint64_t manifests = 0;
};

struct OwnershipRow {
    std::string created_by;
    bool is_private = false;
};

struct PrivateRow {
    std::string name;
    std::string created_by;
};

class RepositoryStore {
public:
    explicit RepositoryStore(sql::Connection& connection) : connection_(connection) {}

    std::optional<RowId> find(const std::string& name);
    std::optional<RepositoryRow> find_row(const std::string& name);
    // `created_by` is kept from the first who names it, before there is a manifest.
    RowId ensure(const std::string& name, Timestamp now, const std::string& created_by = {});
    std::optional<OwnershipRow> find_ownership(const std::string& name);
    // What somebody made is not to be that of the next person of the same name.
    void forget_creator(const std::string& name);
    // False when there is no such repository.
    bool set_private(const std::string& name, bool is_private);
    std::vector<PrivateRow> list_private();
    // Adds to the counts (negative takes away) and sets updated_at.
    void count(RowId id, std::int64_t tags, std::int64_t manifests, Timestamp now);
    // Removes the row; false while it still has blobs or manifests.
    bool remove_if_empty(RowId id);

    // Repositories that have a manifest, by byte order after `last`.
    std::vector<RepositoryRow> list(const std::string& last, std::size_t limit);
    // Repositories without blob and manifest since before `cutoff`, for the collector.
    std::vector<RepositoryRow> list_empty(Timestamp cutoff, std::size_t limit);
    UsageRow usage(RowId id);
    TotalsRow totals();

private:
    sql::Connection& connection_;
};

inline std::int64_t to_millis(Timestamp time) { return time.time_since_epoch().count(); }
inline Timestamp from_millis(std::int64_t millis) { return Timestamp(std::chrono::milliseconds(millis)); }

} // namespace cang::store
