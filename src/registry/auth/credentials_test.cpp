#include "registry/auth/credentials.hpp"

#include <gtest/gtest.h>

namespace cang::registry::auth {
namespace {

TEST(AuthorizationParse, ReadsBasicAndBearer) {
    auto basic = parse_authorization("basic YWRtaW46YTpi");
    ASSERT_TRUE(std::holds_alternative<BasicCredentials>(basic));
    EXPECT_EQ(std::get<BasicCredentials>(basic).user, "admin");
    EXPECT_EQ(std::get<BasicCredentials>(basic).password.reveal(), "a:b");
    auto bearer = parse_authorization("Bearer  abc");
    ASSERT_TRUE(std::holds_alternative<BearerCredentials>(bearer));
    EXPECT_EQ(std::get<BearerCredentials>(bearer).token.reveal(), "abc");
}

TEST(AuthorizationParse, TellsNoneFromBad) {
    EXPECT_TRUE(std::holds_alternative<NoCredentials>(parse_authorization("")));
    for (const auto* text : {"Basic", "Basic !!", "Basic YWRtaW4=", "Digest x", "YWRtaW46YTpi"})
        EXPECT_TRUE(std::holds_alternative<BadCredentials>(parse_authorization(text))) << text;
}

} // namespace
} // namespace cang::registry::auth
