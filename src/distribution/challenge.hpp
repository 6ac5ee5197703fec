// WWW-Authenticate (RFC 9110 §11.6.1): which ways of authentication a registry offers. Pure and bounded.
#pragma once

#include "base/error.hpp"

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cang::distribution {

struct ChallengeLimits {
    static constexpr std::size_t bytes = 16 * 1024; // a header value longer than this is an attack, not an offer
    static constexpr std::size_t challenges = 8;
    static constexpr std::size_t parameters = 32; // of one challenge
};

struct Challenge {
    std::string scheme;                            // lower case: "basic", "bearer"
    std::map<std::string, std::string> parameters; // names in lower case

    // Empty when absent.
    std::string parameter(const std::string& name) const;
    friend bool operator==(const Challenge&, const Challenge&) = default;
};

// One header value may hold several challenges.
std::expected<std::vector<Challenge>, ParseError> parse_challenges(std::string_view header);

} // namespace cang::distribution
