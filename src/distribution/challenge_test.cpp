#include "distribution/challenge.hpp"

#include <gtest/gtest.h>

namespace cang::distribution {
namespace {

std::vector<Challenge> parsed(std::string_view header) {
    auto challenges = parse_challenges(header);
    EXPECT_TRUE(challenges) << (challenges ? "" : challenges.error().to_string());
    return challenges.value_or(std::vector<Challenge>{});
}

std::string refusal(std::string_view header) {
    auto challenges = parse_challenges(header);
    return challenges ? "accepted" : challenges.error().to_string();
}

TEST(Challenge, ReadsABearerOffer) {
    auto challenges = parsed("Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                             "scope=\"repository:library/nginx:pull,push\"");
    ASSERT_EQ(challenges.size(), 1U);
    EXPECT_EQ(challenges[0].scheme, "bearer");
    EXPECT_EQ(challenges[0].parameter("realm"), "https://auth.docker.io/token");
    EXPECT_EQ(challenges[0].parameter("service"), "registry.docker.io");
    EXPECT_EQ(challenges[0].parameter("scope"), "repository:library/nginx:pull,push");
    EXPECT_EQ(challenges[0].parameter("error"), "");
}

TEST(Challenge, ReadsSeveralOffersOfOneHeader) {
    auto challenges =
        parsed(" , Negotiate YIIabc==, Basic realm=\"a \\\"b\\\", c\" , BEARER Realm=x, service = \"y\",, Digest");
    ASSERT_EQ(challenges.size(), 4U);
    EXPECT_EQ(challenges[0], (Challenge{"negotiate", {}}));
    EXPECT_EQ(challenges[1], (Challenge{"basic", {{"realm", "a \"b\", c"}}}));
    EXPECT_EQ(challenges[2], (Challenge{"bearer", {{"realm", "x"}, {"service", "y"}}}));
    EXPECT_EQ(challenges[3], (Challenge{"digest", {}}));
}

TEST(Challenge, KeepsTheFirstOfTwoEqualParameters) {
    EXPECT_EQ(parsed("Bearer realm=a,realm=b")[0].parameter("realm"), "a");
}

TEST(Challenge, MayBeEmpty) {
    EXPECT_TRUE(parsed("").empty());
    EXPECT_TRUE(parsed(" , ,").empty());
}

TEST(Challenge, RejectsMalformedOffers) {
    EXPECT_EQ(refusal("Bearer realm=\"never ends"), "a quoted value does not end (at character 14)");
    EXPECT_EQ(refusal("\"x\""), "expected the name of an authentication scheme (at character 1)");
    EXPECT_EQ(refusal("Bearer realm=\"a\" service=\"b\""), "expected a comma (at character 18)");
}

TEST(Challenge, IsBounded) {
    EXPECT_EQ(refusal(std::string(20'000, 'a')), "too long (at character 16385)");
    EXPECT_EQ(refusal("a,b,c,d,e,f,g,h,i"), "too many challenges (at character 17)");
    std::string many = "Bearer ";
    for (int i = 0; i < 40; ++i)
        many += "p" + std::to_string(i) + "=1,";
    EXPECT_TRUE(refusal(many).starts_with("too many parameters"));
}

} // namespace
} // namespace cang::distribution
