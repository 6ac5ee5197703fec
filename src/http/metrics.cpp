#include "http/metrics.hpp"

#include "http/process_metrics.hpp"
#include "http/route_metrics.hpp"

#include <mutex>
#include <prometheus/text_serializer.h>
#include <sstream>
#include <unordered_map>

namespace cang::http {

namespace {

struct Asked {
    std::string name;
    std::string help;
    prometheus::MetricType type;
    std::function<double()> value;
};

prometheus::MetricFamily family_of(const Asked& asked) {
    prometheus::ClientMetric metric;
    if (asked.type == prometheus::MetricType::Counter)
        metric.counter.value = asked.value();
    else
        metric.gauge.value = asked.value();
    return {asked.name, asked.help, asked.type, {metric}};
}

} // namespace

struct Metrics::Rows {
    std::unordered_map<std::string_view, std::unique_ptr<RouteMetrics>> routes;
    RouteMetrics unmatched{"unmatched", ""};
    mutable std::mutex mutex; // of `asked`
    std::vector<Asked> asked;
};

Metrics::Metrics() : rows_(std::make_unique<Rows>()) {}

Metrics::~Metrics() = default;

void Metrics::add_routes(const Router& router) {
    for (const auto* route : router.routes()) {
        auto row = std::make_unique<RouteMetrics>(route->name, std::string(to_string(route->method)));
        auto name = row->name();
        rows_->routes.try_emplace(name, std::move(row));
    }
}

void Metrics::observe(const AccessRecord& record) noexcept {
    auto found = rows_->routes.find(record.route);
    auto& row = found == rows_->routes.end() ? rows_->unmatched : *found->second;
    row.observe(record);
}

void Metrics::add_gauge(std::string name, std::string help, std::function<double()> value) {
    std::lock_guard lock(rows_->mutex);
    rows_->asked.push_back({std::move(name), std::move(help), prometheus::MetricType::Gauge, std::move(value)});
}

void Metrics::add_counter(std::string name, std::string help, std::function<double()> value) {
    std::lock_guard lock(rows_->mutex);
    rows_->asked.push_back({std::move(name), std::move(help), prometheus::MetricType::Counter, std::move(value)});
}

std::string Metrics::text() const {
    auto families = route_families();
    rows_->unmatched.collect(families);
    for (const auto& [name, row] : rows_->routes)
        row->collect(families);
    {
        std::lock_guard lock(rows_->mutex);
        for (const auto& asked : rows_->asked)
            families.push_back(family_of(asked));
    }
    for (auto& family : process_families())
        families.push_back(std::move(family));
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families);
    return out.str();
}

} // namespace cang::http
