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

TEST(Rfc3339, ReadsWhatItWrites) {
    for (std::int64_t millis : {0L, 1'795'428'000'007L, 951'782'400'999L})
        EXPECT_EQ(parse_rfc3339(to_rfc3339(at(millis))), at(millis));
}

TEST(Rfc3339, TakesOffsetsAndFractions) {
    EXPECT_EQ(parse_rfc3339("2026-11-23T12:00:00.0071+02:00"), at(1'795'428'000'007));
    EXPECT_EQ(parse_rfc3339("2026-11-23t04:30:00.5-05:30"), at(1'795'428'000'500));
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00z"), at(0));
}

TEST(Rfc3339, RefusesEverythingElse) {
    for (std::string_view text :
         {"", "2026-11-23", "2026-11-23T10:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "26-11-23T10:00:00Z",
          "2026-11-23 10:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T10:00:00.Z", "2026-11-23T10:00:00ZZ",
          "2026-11-23T10:00:00+2:00", "1969-12-31T23:59:59Z", "+026-11-23T10:00:00Z"})
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    EXPECT_EQ(parse_rfc3339("now").error().reason, "a time is written 2026-11-23T10:00:00Z");
}

TEST(SystemClock, DoesNotRunBackwards) {
    SystemClock clock;
    auto before = clock.now();
    EXPECT_GE(clock.now(), before);
    EXPECT_GT(before, at(1'700'000'000'000));
}

} // namespace cang
