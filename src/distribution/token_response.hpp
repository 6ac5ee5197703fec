// The token endpoint's answer (distribution "token authentication", RFC 6749 §5.1). Pure.
#pragma once

#include "base/error.hpp"

#include <expected>
#include <string>

namespace cang::distribution {

struct TokenResponse {
    static constexpr std::size_t max_bytes = 256 * 1024;
    static constexpr std::chrono::seconds default_lifetime{60}; // what the specification says when none is given

    std::string token;
    std::chrono::seconds lifetime = default_lifetime;

    static std::expected<TokenResponse, ParseError> parse(std::string_view text);
};

} // namespace cang::distribution
