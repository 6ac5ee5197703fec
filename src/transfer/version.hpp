// Semantic versions (semver.org 2.0.0) as image tags write them: "v" in front and missing parts allowed.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cang::transfer {

struct Version {
    std::uint64_t major = 0;
    std::uint64_t minor = 0;
    std::uint64_t patch = 0;
    std::vector<std::string> prerelease; // dot-separated identifiers
    int parts = 3;                       // how many numbers were written

    // nullopt when the text is no version; build metadata is dropped.
    static std::optional<Version> parse(std::string_view text);
    std::strong_ordering operator<=>(const Version& other) const; // semver §11
    bool operator==(const Version& other) const { return (*this <=> other) == 0; }
};

} // namespace cang::transfer
