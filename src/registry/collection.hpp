// Garbage collection of the running server: one at a time, whoever asks, with totals for the metrics. Thread-safe.
#pragma once

#include "image/places/warehouse/collector.hpp"

#include <atomic>

namespace cang::registry {

struct CollectionTotals {
    std::uint64_t runs = 0; // that ended well, dry runs left out
    std::uint64_t freed_bytes = 0;
    std::uint64_t freed_objects = 0;
};

class Collection {
public:
    explicit Collection(warehouse::Warehouse& warehouse) : warehouse_(warehouse) {}

    // Throws Error{conflict} while another one runs. Logs the result.
    awaitable<warehouse::CollectResult> run(warehouse::CollectOptions options,
                                            std::function<void(const warehouse::CollectProgress&)> progress = {});
    CollectionTotals totals() const;

private:
    warehouse::Warehouse& warehouse_;
    std::atomic_flag running_;
    std::atomic<std::uint64_t> runs_{0};
    std::atomic<std::uint64_t> freed_bytes_{0};
    std::atomic<std::uint64_t> freed_objects_{0};
};

} // namespace cang::registry
