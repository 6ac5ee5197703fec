#include "image/store/storage_sample_store.hpp"

namespace cang::store {

void StorageSampleStore::put(const StorageSampleRow& sample) {
    const auto& totals = sample.totals;
    connection_.execute(
        "INSERT INTO storage_samples (at, bytes, logical_bytes, objects, repositories, tags, manifests) "
        "VALUES (:at, :bytes, :logical_bytes, :objects, :repositories, :tags, :manifests) "
        "ON CONFLICT (at) DO UPDATE SET bytes = excluded.bytes, logical_bytes = excluded.logical_bytes, "
        "objects = excluded.objects, repositories = excluded.repositories, tags = excluded.tags, "
        "manifests = excluded.manifests",
        to_millis(sample.at), totals.bytes, totals.logical_bytes, totals.objects, totals.repositories, totals.tags,
        totals.manifests);
}

std::optional<Timestamp> StorageSampleStore::find_first(Timestamp from) {
    auto first = connection_.find<std::int64_t>("SELECT at FROM storage_samples WHERE at >= :since ORDER BY at LIMIT 1",
                                                to_millis(from));
    return first ? std::optional(from_millis(*first)) : std::nullopt;
}

std::vector<StorageSampleRow> StorageSampleStore::list(Timestamp from, Timestamp to, std::chrono::milliseconds step) {
    std::vector<StorageSampleRow> rows;
    using Number = std::uint64_t;
    auto visit = [&rows](std::tuple<std::int64_t, Number, Number, Number, Number, Number, Number> columns) {
        auto& row = rows.emplace_back();
        std::int64_t at = 0;
        auto& totals = row.totals;
        std::tie(at, totals.bytes, totals.logical_bytes, totals.objects, totals.repositories, totals.tags,
                 totals.manifests) = columns;
        row.at = from_millis(at);
    };
    connection_.each<std::int64_t, Number, Number, Number, Number, Number, Number>(
        "SELECT at, bytes, logical_bytes, objects, repositories, tags, manifests FROM storage_samples WHERE at IN "
        "(SELECT MAX(at) FROM storage_samples WHERE at >= :since AND at <= :until GROUP BY at / :step) ORDER BY at",
        visit, to_millis(from), to_millis(to), step.count());
    return rows;
}

std::uint64_t StorageSampleStore::thin(Timestamp until, std::chrono::milliseconds step) {
    return connection_.execute("DELETE FROM storage_samples WHERE at < :until AND at NOT IN "
                               "(SELECT MAX(at) FROM storage_samples WHERE at < :same GROUP BY at / :step)",
                               to_millis(until), to_millis(until), step.count());
}

std::uint64_t StorageSampleStore::remove_before(Timestamp cutoff) {
    return connection_.execute("DELETE FROM storage_samples WHERE at < :cutoff", to_millis(cutoff));
}

} // namespace cang::store
