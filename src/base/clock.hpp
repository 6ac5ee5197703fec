// Time as a constructor argument, so that tests decide what time it is.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <expected>
#include <string>
#include <string_view>

namespace cang {

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>; // UTC

// May be called from any thread.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
public:
    Timestamp now() const override;
};

// RFC 3339 in UTC with milliseconds: 2026-11-23T10:00:00.000Z.
std::string to_rfc3339(Timestamp time);
// 2026-11-23T10:00:00Z, with or without a fraction, in UTC or with an offset (+02:00); years 1970 to 2199.
std::expected<Timestamp, ParseError> parse_rfc3339(std::string_view text);

} // namespace cang
