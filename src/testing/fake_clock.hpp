// A clock that stands still until a test moves it.
#pragma once

#include "base/clock.hpp"

#include <atomic>

namespace cang::testing {

class FakeClock final : public Clock {
public:
    Timestamp now() const override { return Timestamp(std::chrono::milliseconds(millis_.load())); }
    void advance(std::chrono::milliseconds by) { millis_ += by.count(); }

private:
    std::atomic<std::int64_t> millis_{1'800'000'000'000};
};

} // namespace cang::testing
