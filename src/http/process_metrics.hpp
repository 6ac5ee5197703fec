// What Prometheus expects to know of every process: process_cpu_seconds_total and its siblings.
#pragma once

#include <prometheus/metric_family.h>
#include <vector>

namespace cang::http {

std::vector<prometheus::MetricFamily> process_families();

} // namespace cang::http
