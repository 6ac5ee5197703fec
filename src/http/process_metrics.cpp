#include "http/process_metrics.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace cang::http {

namespace {

// Field numbers of /proc/self/stat, see proc(5).
constexpr int kStartTime = 22;
constexpr int kVirtualBytes = 23;
constexpr int kResidentPages = 24;

struct ProcessFacts {
    double start_ticks = 0; // since boot
    double virtual_bytes = 0;
    double resident_bytes = 0;
};

ProcessFacts read_stat() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    // The program's name, in parentheses, may hold spaces.
    std::istringstream fields(line.substr(std::min(line.rfind(')') + 1, line.size())));
    ProcessFacts facts;
    std::string field;
    for (int number = 3; number <= kResidentPages && fields >> field; ++number) {
        if (number == kStartTime)
            facts.start_ticks = std::stod(field);
        if (number == kVirtualBytes)
            facts.virtual_bytes = std::stod(field);
        if (number == kResidentPages)
            facts.resident_bytes = std::stod(field) * static_cast<double>(::sysconf(_SC_PAGESIZE));
    }
    return facts;
}

double boot_time_seconds() {
    std::ifstream file("/proc/stat");
    std::string word;
    while (file >> word)
        if (double seconds = 0; word == "btime" && file >> seconds)
            return seconds;
    return 0;
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double open_descriptors() {
    double count = 0;
    std::error_code error;
    for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
         entry.increment(error))
        ++count;
    return count;
}

double most_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<double>(limit.rlim_cur);
}

prometheus::MetricFamily gauge(const char* name, const char* help, double value) {
    prometheus::ClientMetric metric;
    metric.gauge.value = value;
    return {name, help, prometheus::MetricType::Gauge, {metric}};
}

} // namespace

std::vector<prometheus::MetricFamily> process_families() {
    auto facts = read_stat();
    auto started = boot_time_seconds() + facts.start_ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
    prometheus::ClientMetric cpu;
    cpu.counter.value = cpu_seconds();
    return {{"process_cpu_seconds_total", "User and system CPU time.", prometheus::MetricType::Counter, {cpu}},
            gauge("process_resident_memory_bytes", "Resident memory.", facts.resident_bytes),
            gauge("process_virtual_memory_bytes", "Virtual memory.", facts.virtual_bytes),
            gauge("process_open_fds", "Open file descriptors.", open_descriptors()),
            gauge("process_max_fds", "Limit of open file descriptors.", most_descriptors()),
            gauge("process_start_time_seconds", "Start, in seconds since the epoch.", started)};
}

} // namespace cang::http
