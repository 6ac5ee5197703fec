#include "app/request_metrics.hpp"

#include <algorithm>
#include <cctype>

namespace cang::app {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(std::string name, std::string help, MetricType type) {
    MetricFamily made;
    made.name = std::move(name);
    made.help = std::move(help);
    made.type = type;
    return made;
}

ClientMetric counter(std::vector<ClientMetric::Label> labels, std::uint64_t value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = static_cast<double>(value);
    return metric;
}

std::string method_label(http::Method method) {
    std::string text(http::to_string(method));
    std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return text;
}

} // namespace

RequestMetrics::RequestMetrics(const std::vector<const http::Route*>& routes) {
    for (const auto* route : routes) {
        auto& row = rows_.emplace_back();
        row.route = route->name;
        row.method = method_label(route->method);
        by_route_[row.route] = &row;
    }
    auto& unmatched = rows_.emplace_back();
    unmatched.route = "unmatched";
    unmatched.method = "any";
}

void RequestMetrics::add(const http::AccessRecord& record) {
    auto found = by_route_.find(record.route);
    auto& row = found == by_route_.end() ? rows_.back() : *found->second;
    auto status = std::ranges::find(kStatuses, record.status);
    if (status == kStatuses.end())
        --status;
    auto seconds = std::chrono::duration<double>(record.duration).count();
    auto bucket = std::ranges::lower_bound(kBuckets, seconds);
    constexpr auto relaxed = std::memory_order_relaxed;
    row.statuses[static_cast<std::size_t>(status - kStatuses.begin())].fetch_add(1, relaxed);
    row.durations[static_cast<std::size_t>(bucket - kBuckets.begin())].fetch_add(1, relaxed);
    row.microseconds.fetch_add(static_cast<std::uint64_t>(record.duration.count()), relaxed);
    row.received.fetch_add(record.request_bytes, relaxed);
    row.sent.fetch_add(record.response_bytes, relaxed);
}

std::vector<MetricFamily> RequestMetrics::collect() const {
    auto requests = family("registry_http_requests_total", "Requests by route and status.", MetricType::Counter);
    auto durations = family("registry_http_request_duration_seconds",
                            "From the request's first byte to the response's "
                            "last.",
                            MetricType::Histogram);
    auto received = family("registry_http_request_size_bytes_total", "Bytes of request bodies.", MetricType::Counter);
    auto sent = family("registry_http_response_size_bytes_total", "Bytes of response bodies.", MetricType::Counter);
    for (const auto& row : rows_) {
        std::vector<ClientMetric::Label> labels{{"handler", std::string(row.route)}, {"method", row.method}};
        ClientMetric duration;
        duration.label = labels;
        std::uint64_t count = 0;
        for (std::size_t i = 0; i < row.durations.size(); ++i) {
            count += row.durations[i].load();
            auto bound = i < kBuckets.size() ? kBuckets[i] : std::numeric_limits<double>::infinity();
            duration.histogram.bucket.push_back({.cumulative_count = count, .upper_bound = bound});
        }
        if (count == 0)
            continue;
        duration.histogram.sample_count = count;
        duration.histogram.sample_sum = static_cast<double>(row.microseconds.load()) / 1e6;
        durations.metric.push_back(std::move(duration));
        received.metric.push_back(counter(labels, row.received.load()));
        sent.metric.push_back(counter(labels, row.sent.load()));
        for (std::size_t i = 0; i < kStatuses.size(); ++i) {
            auto value = row.statuses[i].load();
            if (value == 0)
                continue;
            auto with_code = labels;
            with_code.push_back({"code", kStatuses[i] == 0 ? "other" : std::to_string(kStatuses[i])});
            requests.metric.push_back(counter(std::move(with_code), value));
        }
    }
    return {std::move(requests), std::move(durations), std::move(received), std::move(sent)};
}

} // namespace cang::app
