#include "base/log.hpp"

#include <gtest/gtest.h>

namespace cang::log {

TEST(LogValue, StaysPlainWhereItIsPlain) {
    EXPECT_EQ(escape_value("library/nginx:1.25"), "library/nginx:1.25");
    EXPECT_EQ(escape_value("仓库"), "仓库");
}

TEST(LogValue, IsQuotedAndEscaped) {
    EXPECT_EQ(escape_value(""), "\"\"");
    EXPECT_EQ(escape_value("two words"), "\"two words\"");
    EXPECT_EQ(escape_value("a=b"), "\"a=b\"");
    EXPECT_EQ(escape_value("say \"x\\y\""), "\"say \\\"x\\\\y\\\"\"");
}

TEST(LogValue, CannotForgeALineOrATerminalSequence) {
    EXPECT_EQ(escape_value("x\nlevel=error y\r"), "\"x\\x0alevel=error y\\x0d\"");
    EXPECT_EQ(escape_value(std::string_view("\x1b[2J\0\x7f", 6)), "\"\\x1b[2J\\x00\\x7f\"");
}

TEST(LogLevel, IsSetByName) {
    EXPECT_FALSE(set_level("verbose"));
    ASSERT_TRUE(set_level("warn"));
    EXPECT_FALSE(enabled(Level::info));
    EXPECT_TRUE(enabled(Level::error));
    ASSERT_TRUE(set_level("off"));
    EXPECT_FALSE(enabled(Level::error));
    ASSERT_TRUE(set_level("info"));
    EXPECT_TRUE(enabled(Level::info));
    EXPECT_FALSE(enabled(Level::debug));
}

TEST(LogWrite, PutsEventAndFieldsOnOneLine) {
    ::testing::internal::CaptureStderr();
    info("copy_done", {{"reference", "a b"}, {"bytes", "7"}});
    auto line = ::testing::internal::GetCapturedStderr();
    EXPECT_TRUE(line.ends_with(" info copy_done reference=\"a b\" bytes=7\n")) << line;
}

} // namespace cang::log
