#include "base/oci/platform.hpp"

#include <gtest/gtest.h>

namespace cang::oci {

namespace {

std::string parse(std::string_view text) {
    auto platform = Platform::parse(text);
    return platform ? platform->to_string() : platform.error().to_string();
}

bool satisfies(std::string_view built, std::string_view wanted) {
    return Platform::parse(built)->satisfies(*Platform::parse(wanted));
}

} // namespace

TEST(PlatformParse, ReadsAndNormalises) {
    EXPECT_EQ(parse("linux/amd64"), "linux/amd64");
    EXPECT_EQ(parse("linux/arm64/v8"), "linux/arm64/v8");
    EXPECT_EQ(parse("arm64"), "linux/arm64");
    EXPECT_EQ(parse("x86_64"), "linux/amd64");
    EXPECT_EQ(parse("Linux/AArch64"), "linux/arm64");
    EXPECT_EQ(parse("linux/armhf"), "linux/arm/v7");
    EXPECT_EQ(parse("linux/armv7"), "linux/arm/v7");
    EXPECT_EQ(parse("linux/arm/v6"), "linux/arm/v6");
    EXPECT_EQ(parse("macos/arm64"), "darwin/arm64");
    EXPECT_EQ(parse("windows/amd64"), "windows/amd64");
}

TEST(PlatformParse, SaysWhatIsWrong) {
    EXPECT_EQ(parse(""), "a platform is written os/architecture[/variant] (at character 1)");
    EXPECT_EQ(parse("linux"), "a platform is written os/architecture[/variant] (at character 6)");
    EXPECT_EQ(parse("linux/"), "a platform is written os/architecture[/variant] (at character 7)");
    EXPECT_EQ(parse("linux/arm/v7/x"), "a platform is written os/architecture[/variant] (at character 13)");
    EXPECT_EQ(parse("linux/" + std::string(40, 'a')),
              "a platform is written os/architecture[/variant] (at character 39)");
    EXPECT_EQ(parse("linux amd64"), "a platform has only letters, digits, '_', '-', '.' and '/' (at character 6)");
}

TEST(Platform, SatisfiesWhatWasAskedFor) {
    EXPECT_TRUE(satisfies("linux/amd64", "linux/amd64"));
    EXPECT_FALSE(satisfies("linux/amd64", "linux/arm64"));
    EXPECT_FALSE(satisfies("windows/amd64", "linux/amd64"));
    EXPECT_TRUE(satisfies("linux/arm64", "linux/arm64/v8"));
    EXPECT_TRUE(satisfies("linux/arm64/v8", "linux/arm64"));
    EXPECT_FALSE(satisfies("linux/arm64/v9", "linux/arm64/v8"));
    EXPECT_TRUE(satisfies("linux/arm/v7", "linux/arm"));
    EXPECT_FALSE(satisfies("linux/arm/v6", "linux/arm/v7"));
    EXPECT_FALSE(satisfies("linux/arm", "linux/arm/v7"));
    EXPECT_TRUE(satisfies("linux/amd64", "linux/amd64/v1"));
    EXPECT_FALSE(satisfies("linux/amd64/v3", "linux/amd64/v1"));
}

TEST(Platform, ComparesTheWindowsVersionWhenOneIsWanted) {
    Platform built{"windows", "amd64", "", "10.0.17763.1", {}};
    EXPECT_TRUE(built.satisfies(Platform{"windows", "amd64", "", "", {}}));
    EXPECT_FALSE(built.satisfies(Platform{"windows", "amd64", "", "10.0.20348.1", {}}));
}

TEST(Platform, KnowsTheHost) {
    EXPECT_EQ(Platform::host().os, "linux");
    EXPECT_TRUE(Platform::host().satisfies(*Platform::parse(Platform::host().to_string())));
    EXPECT_NE(Platform::host().architecture, "x86_64");
}

} // namespace cang::oci
