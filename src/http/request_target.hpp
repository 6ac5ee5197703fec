// The request target (RFC 9112 §3.2) taken apart and checked before anything routes by it: pure, fuzzed.
#pragma once

#include "base/error.hpp"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace cang::http {

// Longer targets have no use here: repository names end at 255 bytes, digests at 135.
inline constexpr std::size_t kMaxTargetBytes = 8 * 1024;

struct Target {
    std::string_view path;  // undecoded, begins with '/'
    std::string_view query; // undecoded, without '?'
};

// Origin form and absolute form. Refuses control characters, spaces, bytes above 0x7e, '#' and overlong targets.
std::expected<Target, ParseError> split_target(std::string_view target);

// Percent-decodes one path segment. Refuses what could mean another path than it shows: dot segments, encoded
// slashes and backslashes, NUL and other control characters.
std::expected<std::string, ParseError> decode_segment(std::string_view segment);

// Decodes each segment of "a/b/c" and joins them again; empty segments are refused.
std::expected<std::string, ParseError> decode_segments(std::string_view segments);

// The values of `name` in "a=1&b=2", decoded; at most `limit`. '+' is a plus sign.
std::expected<std::vector<std::string>, ParseError> find_query_values(std::string_view query, std::string_view name,
                                                                      std::size_t limit);

} // namespace cang::http
