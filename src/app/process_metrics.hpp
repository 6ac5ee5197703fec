// The process's own figures under the names that every Prometheus client library gives them.
#pragma once

#include <prometheus/metric_family.h>
#include <vector>

namespace cang::app {

std::vector<prometheus::MetricFamily> process_metrics();
prometheus::MetricFamily gauge(std::string name, std::string help, double value);
prometheus::MetricFamily counter(std::string name, std::string help, double value);

// VmRSS of this process in bytes; 0 where /proc does not tell.
std::uint64_t resident_bytes();

} // namespace cang::app
