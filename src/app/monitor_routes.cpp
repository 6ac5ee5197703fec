#include "app/monitor_routes.hpp"

#include "app/process_metrics.hpp"

#include <prometheus/text_serializer.h>

namespace cang::app {

namespace {

// Counting the whole store takes a while when it is large; scrapers ask every few seconds.
constexpr std::chrono::seconds kUsageLife{60};

awaitable<http::Response> get_live(http::Request&) { co_return http::text_response(200, "ok\n"); }

void append(std::vector<prometheus::MetricFamily>& all, std::vector<prometheus::MetricFamily> more) {
    for (auto& family : more)
        all.push_back(std::move(family));
}

std::vector<prometheus::MetricFamily> storage_metrics(const warehouse::StorageUsage& usage) {
    auto number = [](std::uint64_t value) { return static_cast<double>(value); };
    return {
        gauge("registry_storage_bytes", "Bytes of all objects, each once.", number(usage.bytes)),
        gauge("registry_storage_logical_bytes", "Bytes as if no repository shared any.", number(usage.logical_bytes)),
        gauge("registry_storage_objects", "Objects in the store.", number(usage.objects)),
        gauge("registry_repositories", "Repositories.", number(usage.repositories)),
        gauge("registry_manifests", "Manifests.", number(usage.manifests)),
        gauge("registry_tags", "Tags.", number(usage.tags)),
    };
}

std::vector<prometheus::MetricFamily> collection_metrics(const registry::CollectionTotals& totals) {
    auto number = [](std::uint64_t value) { return static_cast<double>(value); };
    return {
        counter("registry_garbage_collections_total", "Garbage collections that ended well.", number(totals.runs)),
        counter("registry_garbage_freed_bytes_total", "Bytes freed by them.", number(totals.freed_bytes)),
        counter("registry_garbage_freed_objects_total", "Objects freed by them.", number(totals.freed_objects)),
    };
}

prometheus::MetricFamily build_metric() {
    auto family = gauge("cang_build_info", "The program's version; always 1.", 1);
    family.metric.front().label.push_back({"version", CANG_VERSION});
    return family;
}

} // namespace

void Monitor::watch(const RequestMetrics& requests, std::function<std::size_t()> connections) {
    requests_ = &requests;
    connections_ = std::move(connections);
}

awaitable<http::Response> Monitor::get_ready() {
    if (stopping_)
        co_return http::text_response(503, "stopping\n");
    // Goes to the database; an error becomes a 5xx by itself.
    co_await warehouse_.has_repository("readyz");
    co_return http::text_response(200, "ok\n");
}

awaitable<warehouse::StorageUsage> Monitor::storage_usage() {
    auto now = clock_.now();
    {
        std::lock_guard lock(mutex_);
        if (usage_ && now - usage_at_ < kUsageLife)
            co_return *usage_;
    }
    auto usage = co_await warehouse_.usage();
    std::lock_guard lock(mutex_);
    usage_ = usage;
    usage_at_ = now;
    co_return usage;
}

awaitable<http::Response> Monitor::get_metrics() {
    auto usage = co_await storage_usage();
    auto families = process_metrics();
    if (requests_)
        append(families, requests_->collect());
    if (connections_)
        families.push_back(
            gauge("registry_http_connections", "Open connections.", static_cast<double>(connections_())));
    append(families, storage_metrics(usage));
    append(families, collection_metrics(collection_.totals()));
    families.push_back(build_metric());
    auto response = http::text_response(200, prometheus::TextSerializer().Serialize(families));
    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    co_return response;
}

std::vector<http::Route> Monitor::routes() {
    auto ready = [this](http::Request&) { return get_ready(); };
    auto metrics = [this](http::Request&) { return get_metrics(); };
    using http::Access;
    using http::Method;
    return {
        {Method::get, "/livez", "monitor.livez", Access::anonymous, get_live},
        {Method::get, "/readyz", "monitor.readyz", Access::anonymous, ready},
        {Method::get, "/metrics", "monitor.metrics", Access::anonymous, metrics},
    };
}

} // namespace cang::app
