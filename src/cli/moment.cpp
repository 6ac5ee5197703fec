#include "cli/moment.hpp"

#include "settings/duration.hpp"

#include <fmt/format.h>

namespace cang::cli {

namespace {

constexpr std::size_t kDayLetters = 10; // 2026-12-31

// `direction` is 1 or -1.
std::string moment(std::string_view option, const std::string& text, Timestamp now, int direction) {
    if (text.empty())
        return {};
    if (auto distance = settings::parse_duration(text))
        return to_rfc3339(std::max(Timestamp{}, now + direction * *distance));
    auto time = parse_rfc3339(text.size() == kDayLetters ? text + "T00:00:00Z" : text);
    if (!time)
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("{}: neither a time nor a time span\nwrite 90d, 12h, 2026-12-31 or "
                                "2026-12-31T10:00:00Z",
                                option));
    return to_rfc3339(*time);
}

} // namespace

std::string moment_after(std::string_view option, const std::string& text, Timestamp now) {
    return moment(option, text, now, 1);
}

std::string moment_before(std::string_view option, const std::string& text, Timestamp now) {
    return moment(option, text, now, -1);
}

} // namespace cang::cli
