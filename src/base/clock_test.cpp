#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace cang {

namespace {

Timestamp at(std::int64_t milliseconds) { return Timestamp(std::chrono::milliseconds(milliseconds)); }

} // namespace

TEST(Rfc3339, HasMillisecondsAndIsUtc) {
    EXPECT_EQ(to_rfc3339(at(0)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(to_rfc3339(at(1'795'428'000'007)), "2026-11-23T10:00:00.007Z");
    EXPECT_EQ(to_rfc3339(at(951'782'400'999)), "2000-02-29T00:00:00.999Z");
    EXPECT_EQ(to_rfc3339(at(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(SystemClock, DoesNotRunBackwards) {
    SystemClock clock;
    auto before = clock.now();
    EXPECT_GE(clock.now(), before);
    EXPECT_GT(before, at(1'700'000'000'000));
}

} // namespace cang
