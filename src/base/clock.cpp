#include "base/clock.hpp"

#include <algorithm>
#include <fmt/chrono.h>

namespace cang {

namespace {

// Reads a timestamp from left to right; after the first mistake everything is 0.
class TimeReader {
public:
    explicit TimeReader(std::string_view text) : rest_(text) {}

    int number(std::size_t digits, int lowest, int highest) {
        int value = 0;
        bool whole = rest_.size() >= digits && std::all_of(rest_.begin(), rest_.begin() + digits, is_digit);
        for (std::size_t i = 0; whole && i < digits; ++i)
            value = value * 10 + (rest_[i] - '0');
        if (!whole || value < lowest || value > highest)
            return fail();
        rest_.remove_prefix(digits);
        return value;
    }
    void separator(std::string_view one_of) {
        if (rest_.empty() || one_of.find(rest_.front()) == one_of.npos)
            fail();
        else
            rest_.remove_prefix(1);
    }
    std::chrono::milliseconds fraction() {
        if (!rest_.starts_with('.'))
            return std::chrono::milliseconds(0);
        rest_.remove_prefix(1);
        std::size_t digits = 0;
        int millis = 0;
        for (; digits < rest_.size() && is_digit(rest_[digits]); ++digits)
            if (digits < 3)
                millis = millis * 10 + (rest_[digits] - '0');
        for (std::size_t missing = digits; missing < 3; ++missing)
            millis *= 10;
        if (digits == 0)
            fail();
        rest_.remove_prefix(std::min(digits, rest_.size()));
        return std::chrono::milliseconds(millis);
    }
    std::chrono::minutes offset() {
        bool minus = rest_.starts_with('-');
        if (rest_ == "Z" || rest_ == "z") {
            rest_ = {};
            return std::chrono::minutes(0);
        }
        separator("+-");
        int hours = number(2, 0, 23);
        separator(":");
        std::chrono::minutes offset(hours * 60 + number(2, 0, 59));
        return minus ? -offset : offset;
    }
    bool is_done() const { return !failed_ && rest_.empty(); }

private:
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    int fail() {
        failed_ = true;
        rest_ = {};
        return 0;
    }

    std::string_view rest_;
    bool failed_ = false;
};

} // namespace

Timestamp SystemClock::now() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string to_rfc3339(Timestamp time) {
    auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    auto millis = (time - seconds).count();
    auto utc = fmt::gmtime(std::chrono::system_clock::to_time_t(seconds));
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", utc, millis);
}

std::expected<Timestamp, ParseError> parse_rfc3339(std::string_view text) {
    TimeReader reader(text);
    // Later ones do not fit into the nanoseconds that formatting counts in.
    std::chrono::year year(reader.number(4, 1970, 2199));
    reader.separator("-");
    std::chrono::month month(static_cast<unsigned>(reader.number(2, 1, 12)));
    reader.separator("-");
    std::chrono::day day(static_cast<unsigned>(reader.number(2, 1, 31)));
    reader.separator("Tt");
    std::chrono::hours hours(reader.number(2, 0, 23));
    reader.separator(":");
    std::chrono::minutes minutes(reader.number(2, 0, 59));
    reader.separator(":");
    std::chrono::seconds seconds(reader.number(2, 0, 60)); // 60: a leap second
    auto fraction = reader.fraction();
    auto offset = reader.offset();
    std::chrono::year_month_day date(year, month, day);
    if (!reader.is_done() || !date.ok())
        return std::unexpected(ParseError{"a time is written 2026-11-23T10:00:00Z", 0});
    return Timestamp(std::chrono::sys_days(date)) + hours + minutes + seconds + fraction - offset;
}

} // namespace cang
