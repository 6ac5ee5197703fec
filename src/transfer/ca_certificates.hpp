// Certificates of authorities, as people paste them. Pure.
#pragma once

#include "base/error.hpp"

#include <expected>

namespace cang::transfer {

inline constexpr std::size_t kMaxCaBytes = 256 * 1024;

// The PEM certificates in `text`, and nothing else of it. Refuses a text without one, and private keys.
std::expected<std::string, ParseError> parse_ca_certificates(std::string_view text);

} // namespace cang::transfer
