#include "http/message.hpp"

#include <algorithm>
#include <charconv>

namespace cang::http {

namespace {

// Digits only (from_chars would take a sign for signed types and stops at the first non-digit).
std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || failure != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// A number that is too large is still a number: a range may point far beyond any representation.
std::optional<std::uint64_t> parse_saturated(std::string_view text) {
    if (!all_digits(text))
        return std::nullopt;
    return parse_number(text).value_or(UINT64_MAX);
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

bool starts_with_bytes_unit(std::string_view text) {
    constexpr std::string_view unit = "bytes";
    return text.size() > unit.size() && std::equal(unit.begin(), unit.end(), text.begin(), [](char a, char b) {
               return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
           });
}

using Outcome = std::pair<RangeOutcome, RangeRequest>;

Outcome suffix_range(std::string_view length_text, std::uint64_t size) {
    auto length = parse_saturated(length_text);
    if (!length)
        return {RangeOutcome::whole, {0, size}};
    if (*length == 0 || size == 0)
        return {RangeOutcome::unsatisfiable, {}};
    std::uint64_t taken = std::min(*length, size);
    return {RangeOutcome::partial, {size - taken, taken}};
}

} // namespace

Outcome parse_range(std::string_view header, std::uint64_t size) {
    const Outcome whole{RangeOutcome::whole, {0, size}};
    header = trim(header);
    if (!starts_with_bytes_unit(header))
        return whole;
    header.remove_prefix(5);
    if (header.front() != '=')
        return whole;
    std::string_view range = trim(header.substr(1));
    auto dash = range.find('-');
    if (dash == std::string_view::npos)
        return whole;
    std::string_view first_text = trim(range.substr(0, dash));
    std::string_view last_text = trim(range.substr(dash + 1));
    if (first_text.empty())
        return suffix_range(last_text, size);
    auto first = parse_saturated(first_text);
    auto last = last_text.empty() ? std::optional<std::uint64_t>(UINT64_MAX) : parse_saturated(last_text);
    if (!first || !last || *last < *first)
        return whole;
    if (*first >= size)
        return {RangeOutcome::unsatisfiable, {}};
    std::uint64_t end = std::min(*last, size - 1);
    return {RangeOutcome::partial, {*first, end - *first + 1}};
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_content_range(std::string_view header) {
    header = trim(header);
    if (starts_with_bytes_unit(header)) {
        header.remove_prefix(5);
        if (header.front() != ' ' && header.front() != '=')
            return std::nullopt;
        header = trim(header.substr(1));
    }
    if (auto slash = header.find('/'); slash != std::string_view::npos) {
        std::string_view total = trim(header.substr(slash + 1));
        if (total != "*" && !all_digits(total))
            return std::nullopt;
        header = trim(header.substr(0, slash));
    }
    auto dash = header.find('-');
    if (dash == std::string_view::npos)
        return std::nullopt;
    auto first = parse_number(header.substr(0, dash));
    auto last = parse_number(header.substr(dash + 1));
    if (!first || !last || *last < *first)
        return std::nullopt;
    return std::pair{*first, *last};
}

} // namespace cang::http
