#include "app/access_log.hpp"

#include "base/log.hpp"
#include "http/loggable.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <unistd.h>

namespace cang::app {

namespace {

constexpr std::size_t kMaxBuffered = 4 * 1024 * 1024;

} // namespace

void AccessLog::add(const http::AccessRecord& record) {
    fmt::basic_memory_buffer<char, 512> line;
    fmt::format_to(std::back_inserter(line),
                   "{} request method={} target={} status={} bytes_in={} bytes_out={} us={} addr={} user={} agent={} "
                   "route={} id={}\n",
                   to_rfc3339(clock_.now()), http::to_string(record.method),
                   log::escape_value(http::loggable_target(record.target)), record.status, record.request_bytes,
                   record.response_bytes, record.duration.count(), record.remote_address,
                   record.user.empty() ? "-" : log::escape_value(http::loggable_name(record.user)),
                   log::escape_value(http::loggable_name(record.user_agent)), record.route.empty() ? "-" : record.route,
                   record.request_id);
    std::lock_guard lock(mutex_);
    if (lines_.size() + line.size() > kMaxBuffered) {
        ++dropped_;
        return;
    }
    lines_.append(line.data(), line.size());
}

void AccessLog::flush() {
    {
        std::lock_guard lock(mutex_);
        if (dropped_ > 0)
            lines_ += fmt::format("{} dropped lines={}\n", to_rfc3339(clock_.now()), std::exchange(dropped_, 0));
        writing_.clear();
        lines_.swap(writing_);
    }
    std::string_view rest = writing_;
    while (!rest.empty()) {
        auto written = ::write(descriptor_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; // nobody reads the log any more; the server goes on
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

} // namespace cang::app
