// What a client asks to watch. Pure.
#pragma once

#include "base/error.hpp"

#include <boost/json/array.hpp>
#include <cstdint>
#include <expected>
#include <string>

namespace cang::api::live {

struct WatchRequest {
    std::string operation;
    std::uint64_t after = 0; // the last sequence that the client knows
};

// [{"id":"…","after":N}]; `after` may be missing.
std::expected<WatchRequest, ParseError> parse_watch_request(const boost::json::array& arguments);

} // namespace cang::api::live
