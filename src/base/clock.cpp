#include "base/clock.hpp"

#include <fmt/chrono.h>

namespace cang {

Timestamp SystemClock::now() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string to_rfc3339(Timestamp time) {
    auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    auto millis = (time - seconds).count();
    auto utc = fmt::gmtime(std::chrono::system_clock::to_time_t(seconds));
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", utc, millis);
}

} // namespace cang
