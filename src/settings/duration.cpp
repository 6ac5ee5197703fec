#include "settings/duration.hpp"

#include <array>
#include <charconv>

namespace cang::settings {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
};

constexpr std::array kUnits{Unit{"ms", 1}, Unit{"s", 1'000}, Unit{"m", 60'000}, Unit{"h", 3'600'000},
                            Unit{"d", 86'400'000}};
constexpr std::int64_t kMaxCount = 1'000'000; // far from any overflow, longer than anybody waits

} // namespace

std::expected<std::chrono::milliseconds, ParseError> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    auto position = static_cast<std::size_t>(end - text.data());
    if (failure != std::errc{} || count < 0)
        return std::unexpected(ParseError{"a duration starts with a number, as in 90s, 15m or 1h", 0});
    if (count > kMaxCount)
        return std::unexpected(ParseError{"the duration is too long", 0});
    auto unit = text.substr(position);
    if (unit.empty() && count == 0)
        return std::chrono::milliseconds(0);
    for (const auto& known : kUnits)
        if (known.name == unit)
            return std::chrono::milliseconds(count * known.milliseconds);
    return std::unexpected(ParseError{"a duration ends with ms, s, m, h or d", position});
}

} // namespace cang::settings
