// How the use of storage went.
#pragma once

#include "image/places/warehouse/warehouse.hpp"

namespace cang::warehouse {

struct UsageSample {
    Timestamp at;
    StorageUsage usage;
};

// Notes the use of storage of now, and thins what was noted before: to one sample an hour, after 30 days to one a day;
// after a year it is forgotten.
awaitable<void> record_usage(Warehouse& warehouse);

// By time, from `from` (30 days before `to` when nullopt) up to and including `to` (now when nullopt): about `points`
// samples at most, the last of each interval.
awaitable<std::vector<UsageSample>> list_usage_history(Warehouse& warehouse, std::optional<Timestamp> from,
                                                       std::optional<Timestamp> to, std::size_t points);

} // namespace cang::warehouse
