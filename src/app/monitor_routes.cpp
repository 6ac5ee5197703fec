#include "app/monitor_routes.hpp"

namespace cang::app {

namespace {

// Counting the whole store takes a while when it is large; scrapers ask every few seconds.
constexpr std::chrono::seconds kUsageLife{60};

awaitable<http::Response> get_live(http::Request&) { co_return http::text_response(200, "ok\n"); }

} // namespace

Monitor::Monitor(warehouse::Warehouse& warehouse, const registry::Collection& collection, http::Metrics& metrics,
                 const Clock& clock)
    : warehouse_(warehouse), metrics_(metrics), clock_(clock) {
    using Usage = warehouse::StorageUsage;
    add_usage("registry_storage_bytes", "Bytes of all objects, each once.", &Usage::bytes);
    add_usage("registry_storage_logical_bytes", "Bytes as if no repository shared any.", &Usage::logical_bytes);
    add_usage("registry_storage_objects", "Objects in the store.", &Usage::objects);
    add_usage("registry_repositories", "Repositories.", &Usage::repositories);
    add_usage("registry_manifests", "Manifests.", &Usage::manifests);
    add_usage("registry_tags", "Tags.", &Usage::tags);
    metrics_.add_counter("registry_garbage_collections_total", "Garbage collections that ended well.",
                         [&collection] { return static_cast<double>(collection.totals().runs); });
    metrics_.add_counter("registry_garbage_freed_bytes_total", "Bytes that they freed.",
                         [&collection] { return static_cast<double>(collection.totals().freed_bytes); });
}

void Monitor::add_usage(std::string name, std::string help, std::uint64_t warehouse::StorageUsage::* field) {
    metrics_.add_gauge(std::move(name), std::move(help), [this, field] {
        std::lock_guard lock(mutex_);
        return static_cast<double>(usage_.*field);
    });
}

awaitable<http::Response> Monitor::get_ready() {
    if (stopping_)
        co_return http::text_response(503, "stopping\n");
    // Goes to the database; an error becomes a 5xx by itself.
    co_await warehouse_.has_repository("readyz");
    co_return http::text_response(200, "ok\n");
}

awaitable<void> Monitor::refresh_usage() {
    auto now = clock_.now();
    {
        std::lock_guard lock(mutex_);
        if (usage_at_ && now - *usage_at_ < kUsageLife)
            co_return;
    }
    auto usage = co_await warehouse_.usage();
    std::lock_guard lock(mutex_);
    usage_ = usage;
    usage_at_ = now;
}

awaitable<http::Response> Monitor::get_metrics() {
    co_await refresh_usage();
    auto response = http::text_response(200, metrics_.text());
    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    co_return response;
}

std::vector<http::Route> Monitor::routes() {
    auto ready = [this](http::Request&) { return get_ready(); };
    auto metrics = [this](http::Request&) { return get_metrics(); };
    using http::Method;
    return {
        {Method::get, "/livez", "monitor.livez", "public", get_live},
        {Method::get, "/readyz", "monitor.readyz", "public", ready},
        {Method::get, "/metrics", "monitor.metrics", "public", metrics},
    };
}

} // namespace cang::app
