#include "http/route_metrics.hpp"

#include <algorithm>

namespace cang::http {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

prometheus::ClientMetric labelled(const std::string& method, const std::string& route) {
    prometheus::ClientMetric metric;
    if (!method.empty())
        metric.label.push_back({"method", method});
    metric.label.push_back({"route", route});
    return metric;
}

} // namespace

void RouteMetrics::observe(const AccessRecord& record) noexcept {
    auto status = static_cast<std::size_t>(std::clamp(record.status, 100, 599) - 100);
    auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(record.duration.count(), 0));
    auto bucket = std::ranges::lower_bound(kDurationBounds, micros) - kDurationBounds.begin();
    statuses_[status].fetch_add(1, kRelaxed);
    buckets_[static_cast<std::size_t>(bucket)].fetch_add(1, kRelaxed);
    microseconds_.fetch_add(micros, kRelaxed);
    if (record.request_bytes > 0)
        request_bytes_.fetch_add(record.request_bytes, kRelaxed);
    if (record.response_bytes > 0)
        response_bytes_.fetch_add(record.response_bytes, kRelaxed);
}

void RouteMetrics::collect(std::vector<prometheus::MetricFamily>& families) const {
    for (std::size_t i = 0; i < statuses_.size(); ++i) {
        auto count = statuses_[i].load(kRelaxed);
        if (count == 0)
            continue;
        auto metric = labelled(method_, name_);
        metric.label.push_back({"code", std::to_string(100 + i)});
        metric.counter.value = static_cast<double>(count);
        families[0].metric.push_back(std::move(metric));
    }
    auto duration = labelled(method_, name_);
    auto& histogram = duration.histogram;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        histogram.sample_count += buckets_[i].load(kRelaxed);
        if (i < kDurationBounds.size())
            histogram.bucket.push_back({histogram.sample_count, static_cast<double>(kDurationBounds[i]) / 1e6});
    }
    if (histogram.sample_count == 0)
        return;
    histogram.sample_sum = static_cast<double>(microseconds_.load(kRelaxed)) / 1e6;
    families[1].metric.push_back(std::move(duration));
    auto received = labelled(method_, name_);
    received.counter.value = static_cast<double>(request_bytes_.load(kRelaxed));
    families[2].metric.push_back(std::move(received));
    auto sent = labelled(method_, name_);
    sent.counter.value = static_cast<double>(response_bytes_.load(kRelaxed));
    families[3].metric.push_back(std::move(sent));
}

std::vector<prometheus::MetricFamily> route_families() {
    using enum prometheus::MetricType;
    return {{"http_requests_total", "Requests answered.", Counter, {}},
            {"http_request_duration_seconds", "From the end of the head to the end of the response.", Histogram, {}},
            {"http_request_bytes_total", "Bytes of request bodies received.", Counter, {}},
            {"http_response_bytes_total", "Bytes of response bodies sent.", Counter, {}}};
}

} // namespace cang::http
