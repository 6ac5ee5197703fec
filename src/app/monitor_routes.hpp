// What operators and orchestrators ask: /livez (the process answers), /readyz (it can serve), /metrics (Prometheus).
#pragma once

#include "http/metrics.hpp"
#include "http/router.hpp"
#include "registry/collection.hpp"

#include <atomic>
#include <mutex>

namespace cang::app {

class Monitor {
public:
    // All must outlive this. Adds the store's figures to `metrics`.
    Monitor(warehouse::Warehouse& warehouse, const registry::Collection& collection, http::Metrics& metrics,
            const Clock& clock);

    std::vector<http::Route> routes();
    // From now on /readyz says no, so that load balancers turn away before the listener closes.
    void set_stopping() { stopping_ = true; }

private:
    awaitable<http::Response> get_ready();
    awaitable<http::Response> get_metrics();
    awaitable<void> refresh_usage();
    void add_usage(std::string name, std::string help, std::uint64_t warehouse::StorageUsage::* field);

    warehouse::Warehouse& warehouse_;
    http::Metrics& metrics_;
    const Clock& clock_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_; // of the two below
    warehouse::StorageUsage usage_;
    std::optional<Timestamp> usage_at_;
};

} // namespace cang::app
