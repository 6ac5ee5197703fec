#include "cli/moment.hpp"

#include <gtest/gtest.h>

namespace cang::cli {
namespace {

const Timestamp kNow = *parse_rfc3339("2026-06-15T12:00:00Z");

TEST(Moment, IsATimeSpanFromNow) {
    EXPECT_EQ(moment_after("--expires", "90d", kNow), "2026-09-13T12:00:00.000Z");
    EXPECT_EQ(moment_before("--from", "12h", kNow), "2026-06-15T00:00:00.000Z");
    EXPECT_EQ(moment_before("--from", "1000000d", kNow), "1970-01-01T00:00:00.000Z");
}

TEST(Moment, IsADayOrATime) {
    EXPECT_EQ(moment_after("--expires", "2026-12-31", kNow), "2026-12-31T00:00:00.000Z");
    EXPECT_EQ(moment_before("--to", "2026-12-31T10:00:00+02:00", kNow), "2026-12-31T08:00:00.000Z");
    EXPECT_EQ(moment_after("--expires", "", kNow), "");
}

TEST(Moment, IsNothingElse) {
    for (const auto* text : {"tomorrow", "90", "2026-13-01", "2026-1-1"}) {
        try {
            moment_after("--expires", text, kNow);
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
            EXPECT_EQ(error.message(), "--expires: neither a time nor a time span\n"
                                       "write 90d, 12h, 2026-12-31 or 2026-12-31T10:00:00Z");
        }
    }
}

} // namespace
} // namespace cang::cli
