// Sizes as people write them: "64KiB", "10GB", "4096".
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <expected>

namespace cang::settings {

// KiB, MiB, GiB, TiB are powers of 1024; KB, MB, GB, TB of 1000; B or nothing are bytes.
std::expected<std::uint64_t, ParseError> parse_size(std::string_view text);

} // namespace cang::settings
