// Counts requests by route and status, and how long they took. Adding is a few relaxed atomic increments.
#pragma once

#include "http/server.hpp"

#include <array>
#include <atomic>
#include <deque>
#include <prometheus/metric_family.h>
#include <unordered_map>

namespace cang::app {

class RequestMetrics {
public:
    // `routes` must outlive this. A last row counts the requests that no route matched.
    explicit RequestMetrics(const std::vector<const http::Route*>& routes);

    void add(const http::AccessRecord& record);
    std::vector<prometheus::MetricFamily> collect() const;

private:
    static constexpr std::array kStatuses{200, 201, 202, 204, 206, 304, 400, 401, 403, 404,
                                          405, 409, 413, 416, 429, 499, 500, 503, 504, 0}; // 0: any other
    static constexpr std::array kBuckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                         0.1,    0.25,  0.5,    1.0,   5.0,  30.0}; // seconds

    struct Row {
        std::string_view route;
        std::string method;
        std::array<std::atomic<std::uint64_t>, kStatuses.size()> statuses{};
        std::array<std::atomic<std::uint64_t>, kBuckets.size() + 1> durations{};
        std::atomic<std::uint64_t> microseconds{0};
        std::atomic<std::uint64_t> received{0};
        std::atomic<std::uint64_t> sent{0};
    };

    std::deque<Row> rows_;
    std::unordered_map<std::string_view, Row*> by_route_;
};

} // namespace cang::app
