#include "app/process_metrics.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace cang::app {

namespace {

const auto kStarted = std::chrono::system_clock::now();

prometheus::MetricFamily single(std::string name, std::string help, prometheus::MetricType type) {
    prometheus::MetricFamily family;
    family.name = std::move(name);
    family.help = std::move(help);
    family.type = type;
    family.metric.resize(1);
    return family;
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double open_descriptors() {
    std::error_code ignored;
    std::filesystem::directory_iterator entries("/proc/self/fd", ignored);
    return ignored ? 0 : static_cast<double>(std::distance(begin(entries), end(entries)));
}

} // namespace

prometheus::MetricFamily gauge(std::string name, std::string help, double value) {
    auto family = single(std::move(name), std::move(help), prometheus::MetricType::Gauge);
    family.metric.front().gauge.value = value;
    return family;
}

prometheus::MetricFamily counter(std::string name, std::string help, double value) {
    auto family = single(std::move(name), std::move(help), prometheus::MetricType::Counter);
    family.metric.front().counter.value = value;
    return family;
}

std::uint64_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::vector<prometheus::MetricFamily> process_metrics() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    auto started = std::chrono::duration<double>(kStarted.time_since_epoch()).count();
    return {
        counter("process_cpu_seconds_total", "User and system CPU time spent.",
                seconds(usage.ru_utime) + seconds(usage.ru_stime)),
        gauge("process_resident_memory_bytes", "Resident memory.", static_cast<double>(resident_bytes())),
        gauge("process_open_fds", "Open file descriptors.", open_descriptors()),
        gauge("process_max_fds", "Limit of open file descriptors.", static_cast<double>(files.rlim_cur)),
        gauge("process_start_time_seconds", "Start of the process since the Unix epoch.", started),
    };
}

} // namespace cang::app
