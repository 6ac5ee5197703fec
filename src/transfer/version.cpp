#include "transfer/version.hpp"

#include <algorithm>
#include <charconv>

namespace cang::transfer {

namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

bool is_identifier(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
}

// Numbers before words; numbers by value, words by bytes (semver §11.4).
std::strong_ordering compare_identifiers(const std::string& left, const std::string& right) {
    auto left_number = parse_number(left);
    auto right_number = parse_number(right);
    if (left_number && right_number)
        return *left_number <=> *right_number;
    if (left_number.has_value() != right_number.has_value())
        return left_number ? std::strong_ordering::less : std::strong_ordering::greater;
    return left <=> right;
}

} // namespace

std::optional<Version> Version::parse(std::string_view text) {
    if (text.starts_with('v') || text.starts_with('V'))
        text.remove_prefix(1);
    text = text.substr(0, text.find('+'));
    Version version;
    if (auto dash = text.find('-'); dash != std::string_view::npos) {
        for (auto identifier : split(text.substr(dash + 1), '.')) {
            if (!is_identifier(identifier))
                return std::nullopt;
            version.prerelease.emplace_back(identifier);
        }
        text = text.substr(0, dash);
    }
    auto numbers = split(text, '.');
    if (numbers.size() > 3)
        return std::nullopt;
    std::uint64_t* const fields[] = {&version.major, &version.minor, &version.patch};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        auto number = parse_number(numbers[i]);
        if (!number)
            return std::nullopt;
        *fields[i] = *number;
    }
    version.parts = static_cast<int>(numbers.size());
    return version;
}

std::strong_ordering Version::operator<=>(const Version& other) const {
    if (auto order = major <=> other.major; order != 0)
        return order;
    if (auto order = minor <=> other.minor; order != 0)
        return order;
    if (auto order = patch <=> other.patch; order != 0)
        return order;
    if (prerelease.empty() != other.prerelease.empty())
        return prerelease.empty() ? std::strong_ordering::greater : std::strong_ordering::less;
    for (std::size_t i = 0; i < std::min(prerelease.size(), other.prerelease.size()); ++i)
        if (auto order = compare_identifiers(prerelease[i], other.prerelease[i]); order != 0)
            return order;
    return prerelease.size() <=> other.prerelease.size();
}

} // namespace cang::transfer
