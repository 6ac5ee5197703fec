#include "transfer/pattern.hpp"

#include "transfer/version.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <regex>
#include <sstream>

namespace cang::transfer {

namespace {

// Long enough for anything sensible; keeps std::regex, which recurses, off the stack's end.
constexpr std::size_t kLongestPattern = 1000;
constexpr std::size_t kLongestName = 512;

std::unexpected<ParseError> fail(std::string reason) { return std::unexpected(ParseError{std::move(reason), 0}); }

bool glob_matches(std::string_view pattern, std::string_view name) {
    constexpr auto none = std::string_view::npos;
    // Where to take up again after a mismatch: behind the last star of each kind, and how far it has eaten. A star that
    // may not eat a slash gives way to an earlier double star.
    std::size_t p = 0, n = 0, star = none, eaten = 0, deep_star = none, deep_eaten = 0;
    while (n < name.size()) {
        if (pattern.substr(p).starts_with("**")) {
            p += 2;
            deep_star = p, deep_eaten = n, star = none;
        } else if (p < pattern.size() && pattern[p] == '*') {
            star = ++p, eaten = n;
        } else if (p < pattern.size() && (pattern[p] == name[n] || (pattern[p] == '?' && name[n] != '/'))) {
            ++p, ++n;
        } else if (star != none && name[eaten] != '/') {
            p = star, n = ++eaten;
        } else if (deep_star != none) {
            p = deep_star, n = ++deep_eaten, star = none;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == none;
}

enum class Comparison { equal, less, less_equal, greater, greater_equal };

struct Condition {
    Comparison comparison;
    Version version;

    bool holds(const Version& candidate) const {
        switch (comparison) {
        case Comparison::equal: return candidate == version;
        case Comparison::less: return candidate < version;
        case Comparison::less_equal: return candidate <= version;
        case Comparison::greater: return candidate > version;
        case Comparison::greater_equal: return candidate >= version;
        }
        return false;
    }
};
using Conditions = std::vector<Condition>;

Version next_version(Version version, int part) {
    auto& number = part == 1 ? version.major : part == 2 ? version.minor : version.patch;
    ++number;
    if (part < 2)
        version.minor = 0;
    if (part < 3)
        version.patch = 0;
    version.prerelease.clear();
    return version;
}

void add_span(Conditions& conditions, const Version& lowest, int part) {
    conditions.push_back({Comparison::greater_equal, lowest});
    conditions.push_back({Comparison::less, next_version(lowest, part)});
}

// One word of a range: ">=1.2", "1.*", "~1.2.3" (patches), "^1.2.3" (compatible), "1.2.3".
bool add_conditions(Conditions& conditions, std::string_view word) {
    constexpr std::array<std::pair<std::string_view, Comparison>, 5> operators{{{">=", Comparison::greater_equal},
                                                                                {"<=", Comparison::less_equal},
                                                                                {">", Comparison::greater},
                                                                                {"<", Comparison::less},
                                                                                {"=", Comparison::equal}}};
    for (auto [sign, comparison] : operators) {
        if (!word.starts_with(sign))
            continue;
        auto version = Version::parse(word.substr(sign.size()));
        if (version)
            conditions.push_back({comparison, *version});
        return version.has_value();
    }
    bool tilde = word.starts_with('~');
    bool caret = word.starts_with('^');
    if (tilde || caret)
        word.remove_prefix(1);
    bool wildcard = false;
    while (word.ends_with(".*") || word.ends_with(".x")) {
        word.remove_suffix(2);
        wildcard = true;
    }
    auto version = Version::parse(word);
    if (!version)
        return false;
    if (caret)
        add_span(conditions, *version, version->major > 0 ? 1 : version->minor > 0 ? 2 : 3);
    else if (tilde)
        add_span(conditions, *version, std::min(version->parts, 2));
    else if (wildcard || version->parts < 3)
        add_span(conditions, *version, version->parts);
    else
        conditions.push_back({Comparison::equal, *version});
    return true;
}

bool range_holds(const Conditions& conditions, const Version& candidate) {
    bool prerelease_named = candidate.prerelease.empty() || std::ranges::any_of(conditions, [](const Condition& c) {
                                return !c.version.prerelease.empty();
                            });
    return prerelease_named &&
           std::ranges::all_of(conditions, [&](const Condition& condition) { return condition.holds(candidate); });
}

} // namespace

std::expected<Pattern, ParseError> Pattern::glob(std::string_view text) {
    if (text.empty() || text.size() > kLongestPattern)
        return fail("a pattern has 1 to 1000 characters");
    std::string copy(text);
    Pattern pattern(copy, [copy](std::string_view name) { return glob_matches(copy, name); });
    if (text.find_first_of("*?") == std::string_view::npos)
        pattern.exact_ = copy;
    return pattern;
}

std::expected<Pattern, ParseError> Pattern::regex(std::string_view text) {
    if (text.empty() || text.size() > kLongestPattern)
        return fail("a pattern has 1 to 1000 characters");
    try {
        std::regex compiled(std::string(text), std::regex::ECMAScript | std::regex::optimize);
        return Pattern(std::string(text), [compiled](std::string_view name) {
            return name.size() <= kLongestName && std::regex_match(name.begin(), name.end(), compiled);
        });
    } catch (const std::regex_error&) {
        return fail(fmt::format("\"{}\" is not a regular expression", text));
    }
}

std::expected<Pattern, ParseError> Pattern::semver(std::string_view text) {
    if (text.empty() || text.size() > kLongestPattern)
        return fail("a pattern has 1 to 1000 characters");
    std::vector<Conditions> alternatives(1);
    std::istringstream words{std::string(text)};
    std::string word;
    while (words >> word) {
        if (word == "||")
            alternatives.emplace_back();
        else if (word != "*" && !add_conditions(alternatives.back(), word))
            return fail(fmt::format("\"{}\" is not a version condition", word));
    }
    return Pattern(std::string(text), [alternatives](std::string_view name) {
        auto version = Version::parse(name);
        return version && std::ranges::any_of(alternatives, [&](const Conditions& conditions) {
                   return range_holds(conditions, *version);
               });
    });
}

bool PatternSet::matches(std::string_view name) const {
    auto hit = [&](const Pattern& pattern) { return pattern.matches(name); };
    return (allow.empty() || std::ranges::any_of(allow, hit)) && std::ranges::none_of(deny, hit);
}

bool PatternSet::is_exact() const {
    return !allow.empty() && std::ranges::none_of(allow, [](const Pattern& p) { return p.exact().empty(); });
}

bool version_less(std::string_view left, std::string_view right) {
    auto left_version = Version::parse(left);
    auto right_version = Version::parse(right);
    if (left_version && right_version)
        return *left_version == *right_version ? left < right : *left_version < *right_version;
    if (left_version.has_value() != right_version.has_value())
        return right_version.has_value();
    return left < right;
}

} // namespace cang::transfer
