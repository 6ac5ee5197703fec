#include "image/places/warehouse/core.hpp"

namespace cang::warehouse {

awaitable<StorageUsage> Warehouse::usage() {
    auto select = [](sql::Connection& connection) { return store::RepositoryStore(connection).totals(); };
    store::TotalsRow totals = co_await core_->database.read_slowly(select);
    co_return StorageUsage{totals.objects,      totals.bytes, totals.logical_bytes,
                           totals.repositories, totals.tags,  totals.manifests};
}

awaitable<std::vector<RepositoryUsage>> Warehouse::usage_by_repository(std::string last, std::size_t limit) {
    auto select = [&](sql::Connection& connection) {
        return store::RepositoryStore(connection).list_usage(last, limit);
    };
    std::vector<store::UsageRow> rows = co_await core_->database.read_slowly(select);
    std::vector<RepositoryUsage> usage;
    usage.reserve(rows.size());
    for (store::UsageRow& row : rows)
        usage.push_back({std::move(row.name), row.unique_bytes, row.shared_bytes});
    co_return usage;
}

} // namespace cang::warehouse
