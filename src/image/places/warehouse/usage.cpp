#include "image/places/warehouse/usage_history.hpp"

#include "image/places/warehouse/core.hpp"
#include "image/store/storage_sample_store.hpp"

namespace cang::warehouse {

namespace {

constexpr std::chrono::days kYear{365};
constexpr std::chrono::days kHourlyFor{30};
constexpr std::chrono::hours kEverySampleFor{1};

} // namespace

awaitable<StorageUsage> Warehouse::usage() {
    auto select = [](sql::Connection& connection) { return store::RepositoryStore(connection).totals(); };
    store::TotalsRow totals = co_await core_->database.read_slowly(select);
    co_return StorageUsage{totals.objects,      totals.bytes, totals.logical_bytes,
                           totals.repositories, totals.tags,  totals.manifests};
}

awaitable<std::vector<RepositoryUsage>> Warehouse::usage_of(std::vector<std::string> repositories) {
    auto select = [&](sql::Connection& connection) {
        std::vector<RepositoryUsage> usages;
        store::RepositoryStore store(connection);
        for (std::string& name : repositories) {
            store::UsageRow row;
            if (std::optional<store::RowId> id = store.find(name))
                row = store.usage(*id);
            usages.push_back({std::move(name), row.unique_bytes, row.shared_bytes});
        }
        return usages;
    };
    co_return co_await core_->database.read_slowly(select);
}

awaitable<void> record_usage(Warehouse& warehouse) {
    StorageUsage usage = co_await warehouse.usage();
    Timestamp now = warehouse.core().clock.now();
    store::StorageSampleRow sample{now, store::TotalsRow{usage.objects, usage.bytes, usage.logical_bytes,
                                                         usage.repositories, usage.tags, usage.manifests}};
    auto put = [sample](sql::Connection& connection) {
        store::StorageSampleStore samples(connection);
        samples.put(sample);
        samples.remove_before(sample.at - kYear);
        samples.thin(sample.at - kHourlyFor, std::chrono::days(1));
        samples.thin(sample.at - kEverySampleFor, std::chrono::hours(1));
    };
    co_await warehouse.core().database.write(std::move(put));
}

awaitable<std::vector<UsageSample>> list_usage_history(Warehouse& warehouse, std::optional<Timestamp> from,
                                                       std::optional<Timestamp> to, std::size_t points) {
    Timestamp end = to.value_or(warehouse.core().clock.now());
    Timestamp begin = from.value_or(end - kHourlyFor);
    std::vector<UsageSample> history;
    auto parts = static_cast<std::int64_t>(std::max<std::size_t>(points, 1));
    // Intervals are of the time that has samples: a young server shows every one of them.
    auto select = [=](sql::Connection& connection) {
        store::StorageSampleStore samples(connection);
        std::optional<Timestamp> first = samples.find_first(begin);
        if (!first || *first > end)
            return std::vector<store::StorageSampleRow>();
        std::chrono::milliseconds each = (end - *first) / parts;
        return samples.list(*first, end, std::max(each, std::chrono::milliseconds(1)));
    };
    std::vector<store::StorageSampleRow> rows = co_await warehouse.core().database.read_slowly(select);
    for (const auto& [at, totals] : rows)
        history.push_back({at, StorageUsage{totals.objects, totals.bytes, totals.logical_bytes, totals.repositories,
                                            totals.tags, totals.manifests}});
    co_return history;
}

} // namespace cang::warehouse
