// Where a server listens, as people write it.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <expected>

namespace cang::settings {

struct ListenAddress {
    std::string host; // numeric address without brackets, or a name
    std::uint16_t port = 0;
};

// "HOST:PORT", "[::1]:5000", ":5000" (every address).
std::expected<ListenAddress, ParseError> parse_listen(std::string_view text);

} // namespace cang::settings
