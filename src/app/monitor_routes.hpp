// What operators and orchestrators ask: /livez (the process answers), /readyz (it can serve), /metrics (Prometheus).
#pragma once

#include "app/request_metrics.hpp"
#include "http/router.hpp"
#include "registry/collection.hpp"

#include <mutex>

namespace cang::app {

class Monitor {
public:
    Monitor(warehouse::Warehouse& warehouse, const registry::Collection& collection, const Clock& clock)
        : warehouse_(warehouse), collection_(collection), clock_(clock) {}

    std::vector<http::Route> routes();

    // Set once before the server starts; must outlive it.
    void watch(const RequestMetrics& requests, std::function<std::size_t()> connections);
    // From now on /readyz says no, so that load balancers turn away before the listener closes.
    void set_stopping() { stopping_ = true; }

private:
    awaitable<http::Response> get_ready();
    awaitable<http::Response> get_metrics();
    awaitable<warehouse::StorageUsage> storage_usage();

    warehouse::Warehouse& warehouse_;
    const registry::Collection& collection_;
    const Clock& clock_;
    const RequestMetrics* requests_ = nullptr;
    std::function<std::size_t()> connections_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::optional<warehouse::StorageUsage> usage_;
    Timestamp usage_at_;
};

} // namespace cang::app
