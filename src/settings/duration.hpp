// Durations as people write them on a command line and in a configuration file: "90s", "15m", "1h", "7d", "250ms"; a
// bare "0" is zero.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <expected>

namespace cang::settings {

std::expected<std::chrono::milliseconds, ParseError> parse_duration(std::string_view text);

} // namespace cang::settings
