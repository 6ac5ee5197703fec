// Patterns that choose repositories and tags: exact text, glob, regular expression, semantic version range.
#pragma once

#include "base/error.hpp"

#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cang::transfer {

// A predicate over names with the text it was made of. Matching never throws.
class Pattern {
public:
    // `*` any characters but '/', `**` any characters, `?` one character but '/'. Text without these is exact.
    static std::expected<Pattern, ParseError> glob(std::string_view text);
    // ECMAScript; matches the whole name.
    static std::expected<Pattern, ParseError> regex(std::string_view text);
    // Comparisons joined by blanks (and) or || (or): ">=1.2 <2.0.0 || 3.*". Names that are no version never match; a
    // leading v is allowed. Pre-releases match only a range that names one.
    static std::expected<Pattern, ParseError> semver(std::string_view text);

    bool matches(std::string_view name) const { return matches_(name); }
    const std::string& text() const { return text_; }
    // The one name that an exact pattern stands for; empty for the others. Exact names need no listing.
    const std::string& exact() const { return exact_; }

private:
    Pattern(std::string text, std::function<bool(std::string_view)> matches)
        : text_(std::move(text)), matches_(std::move(matches)) {}

    std::string text_;
    std::string exact_;
    std::function<bool(std::string_view)> matches_;
};

struct PatternSet {
    std::vector<Pattern> allow; // empty allows all
    std::vector<Pattern> deny;

    bool matches(std::string_view name) const;
    // True when every allowed name is written out, so that nothing must be listed.
    bool is_exact() const;
};

// Orders versions by semver precedence, names that are no version first and by bytes.
bool version_less(std::string_view left, std::string_view right);

} // namespace cang::transfer
