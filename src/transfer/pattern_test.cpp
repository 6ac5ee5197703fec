#include "transfer/pattern.hpp"

#include "transfer/version.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace cang::transfer {
namespace {

bool glob(std::string_view pattern, std::string_view name) { return Pattern::glob(pattern)->matches(name); }
bool semver(std::string_view range, std::string_view name) { return Pattern::semver(range)->matches(name); }

TEST(GlobPattern, StarStopsAtASlashAndDoubleStarDoesNot) {
    EXPECT_TRUE(glob("1.*", "1.25"));
    EXPECT_FALSE(glob("1.*", "2.0"));
    EXPECT_TRUE(glob("library/*", "library/nginx"));
    EXPECT_FALSE(glob("library/*", "library/a/b"));
    EXPECT_TRUE(glob("library/**", "library/a/b"));
    EXPECT_TRUE(glob("**/b*d", "x/a/bcd"));
    EXPECT_FALSE(glob("**/b*d", "x/b/d"));
    EXPECT_TRUE(glob("**b*d", "b/bcd"));
    EXPECT_TRUE(glob("v?", "v1"));
    EXPECT_FALSE(glob("v?", "v10"));
    EXPECT_TRUE(glob("*", ""));
}

TEST(GlobPattern, WithoutWildcardsIsExact) {
    EXPECT_EQ(Pattern::glob("v1")->exact(), "v1");
    EXPECT_EQ(Pattern::glob("v*")->exact(), "");
    EXPECT_FALSE(glob("v1", "v10"));
}

TEST(GlobPattern, ManyStarsStayQuick) {
    std::string pattern;
    for (int i = 0; i < 100; ++i)
        pattern += "*a";
    EXPECT_FALSE(glob(pattern, std::string(128, 'a') + "b"));
}

TEST(RegexPattern, MatchesTheWholeName) {
    EXPECT_TRUE(Pattern::regex("v\\d+")->matches("v12"));
    EXPECT_FALSE(Pattern::regex("v\\d+")->matches("v12-rc"));
    EXPECT_EQ(Pattern::regex("(").error().reason, "\"(\" is not a regular expression");
}

TEST(SemverPattern, UnderstandsRanges) {
    EXPECT_TRUE(semver(">=1.2 <2", "v1.9.3"));
    EXPECT_FALSE(semver(">=1.2 <2", "2.0.0"));
    EXPECT_TRUE(semver("1.*", "1.99"));
    EXPECT_FALSE(semver("1.*", "2.0"));
    EXPECT_TRUE(semver("~1.2.3", "1.2.9"));
    EXPECT_FALSE(semver("~1.2.3", "1.3.0"));
    EXPECT_TRUE(semver("^1.2.3", "1.9.0"));
    EXPECT_FALSE(semver("^0.2.3", "0.3.0"));
    EXPECT_TRUE(semver("<1 || >=3", "3.1"));
    EXPECT_FALSE(semver("<1 || >=3", "2.0"));
    EXPECT_FALSE(semver("*", "latest"));
    EXPECT_EQ(Pattern::semver(">=x").error().reason, "\">=x\" is not a version condition");
}

TEST(SemverPattern, TakesPreReleasesOnlyWhenTheRangeNamesOne) {
    EXPECT_FALSE(semver(">=1.0", "1.5.0-rc.1"));
    EXPECT_TRUE(semver(">=1.5.0-rc.0", "1.5.0-rc.1"));
}

TEST(VersionOrder, FollowsSemver) {
    std::vector<std::string> tags{"1.10.0", "latest", "1.9.0", "1.10.0-rc.1", "1.10.0-rc.1.1", "v1.2", "edge"};
    std::ranges::sort(tags, version_less);
    EXPECT_EQ(tags,
              (std::vector<std::string>{"edge", "latest", "v1.2", "1.9.0", "1.10.0-rc.1", "1.10.0-rc.1.1", "1.10.0"}));
    EXPECT_FALSE(Version::parse("1.2.3.4"));
    EXPECT_FALSE(Version::parse("1..2"));
    EXPECT_FALSE(Version::parse("1.2.3-"));
    EXPECT_FALSE(Version::parse("99999999999999999999"));
}

TEST(PatternSet, DenialBeatsPermission) {
    PatternSet set{{*Pattern::glob("v*")}, {*Pattern::glob("*-rc")}};
    EXPECT_TRUE(set.matches("v1"));
    EXPECT_FALSE(set.matches("v1-rc"));
    EXPECT_FALSE(set.matches("latest"));
    EXPECT_FALSE(set.is_exact());
    EXPECT_TRUE(PatternSet{}.matches("anything"));
    EXPECT_TRUE((PatternSet{{*Pattern::glob("v1")}, {}}).is_exact());
}

} // namespace
} // namespace cang::transfer
