// How the use of storage went: samples of the totals, thinner the older they are.
#pragma once

#include "image/store/repository_store.hpp"

namespace cang::store {

struct StorageSampleRow {
    Timestamp at;
    TotalsRow totals;
};

class StorageSampleStore {
public:
    explicit StorageSampleStore(sql::Connection& connection) : connection_(connection) {}

    // A second sample of the same millisecond replaces the first.
    void put(const StorageSampleRow& sample);
    // When the first sample was taken at or after `from`; nullopt when there is none.
    std::optional<Timestamp> find_first(Timestamp from);
    // By time, from `from` up to and including `to`: of each `step` the last sample.
    std::vector<StorageSampleRow> list(Timestamp from, Timestamp to, std::chrono::milliseconds step);
    // Keeps of each `step` before `until` only the last sample; returns how many are gone.
    std::uint64_t thin(Timestamp until, std::chrono::milliseconds step);
    std::uint64_t remove_before(Timestamp cutoff);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
