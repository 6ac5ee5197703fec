// The counters of one route.
#pragma once

#include "http/server.hpp"

#include <array>
#include <atomic>
#include <prometheus/metric_family.h>
#include <string>
#include <vector>

namespace cang::http {

// Upper bounds of the duration histogram, in microseconds: from a cached manifest to the push of a large layer.
inline constexpr std::array<std::uint64_t, 14> kDurationBounds{100,       250,       500,        1'000,      2'500,
                                                               5'000,     10'000,    50'000,     100'000,    500'000,
                                                               1'000'000, 5'000'000, 30'000'000, 300'000'000};

class RouteMetrics {
public:
    RouteMetrics(std::string name, std::string method) : name_(std::move(name)), method_(std::move(method)) {}

    std::string_view name() const noexcept { return name_; }
    void observe(const AccessRecord& record) noexcept; // any thread
    // Adds this route's samples to the families of route_families(); nothing when it was never asked for.
    void collect(std::vector<prometheus::MetricFamily>& families) const;

private:
    using Counter = std::atomic<std::uint64_t>;

    std::string name_;
    std::string method_;
    std::array<Counter, 500> statuses_{}; // 100 … 599
    std::array<Counter, kDurationBounds.size() + 1> buckets_{};
    Counter microseconds_ = 0;
    Counter request_bytes_ = 0;
    Counter response_bytes_ = 0;
};

// http_requests_total, http_request_duration_seconds, http_request_bytes_total and http_response_bytes_total, without
// samples, in this order.
std::vector<prometheus::MetricFamily> route_families();

} // namespace cang::http
