#include "registry/auth/token_signer.hpp"

#include "base/bytes.hpp"
#include "testing/fake_clock.hpp"

#include <gtest/gtest.h>

namespace cang::registry::auth {
namespace {

class TokenSignerTest : public ::testing::Test {
protected:
    std::string sign(TokenUse use = TokenUse::access) {
        TokenClaims claims{.use = use, .subject = "admin", .epoch = "e1", .scopes = {}};
        claims.scopes.push_back({.type = "repository", .name = "app", .actions = {"pull"}});
        return signer.sign(claims);
    }
    testing::FakeClock clock;
    TokenSigner signer{Secret("a key"), clock};
};

TEST_F(TokenSignerTest, GivesBackWhatItSigned) {
    auto claims = signer.verify(sign(), TokenUse::access);
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->subject, "admin");
    ASSERT_EQ(claims->scopes.size(), 1U);
    EXPECT_EQ(to_string(claims->scopes[0]), "repository:app:pull");
}

TEST_F(TokenSignerTest, EndsAfterFiveMinutes) {
    auto token = sign();
    clock.advance(std::chrono::seconds(299));
    EXPECT_TRUE(signer.verify(token, TokenUse::access));
    clock.advance(std::chrono::seconds(1));
    EXPECT_FALSE(signer.verify(token, TokenUse::access));
}

TEST_F(TokenSignerTest, KeepsUsesApart) {
    EXPECT_FALSE(signer.verify(sign(TokenUse::refresh), TokenUse::access));
    EXPECT_FALSE(signer.verify(sign(TokenUse::access), TokenUse::refresh));
    EXPECT_FALSE(signer.verify(sign(TokenUse::session), TokenUse::access));
    EXPECT_FALSE(signer.verify(sign(TokenUse::access), TokenUse::session));
    auto claims = signer.verify(sign(TokenUse::refresh), TokenUse::refresh);
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->epoch, "e1");
}

TEST_F(TokenSignerTest, RefusesEveryChangedCharacter) {
    auto token = sign();
    for (std::size_t i = 0; i < token.size(); ++i) {
        auto changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(signer.verify(changed, TokenUse::access)) << "at " << i;
    }
}

TEST_F(TokenSignerTest, RefusesAnotherKey) {
    TokenSigner other(Secret("another key"), clock);
    EXPECT_FALSE(other.verify(sign(), TokenUse::access));
}

TEST_F(TokenSignerTest, RefusesTheAlgorithmNone) {
    auto token = sign();
    auto payload = token.substr(token.find('.'), token.rfind('.') - token.find('.'));
    auto header = to_base64(as_bytes(R"({"alg":"none","typ":"JWT"})"));
    EXPECT_FALSE(signer.verify(header + payload + ".", TokenUse::access));
}

TEST_F(TokenSignerTest, RefusesWhatIsNoToken) {
    for (const auto& text : {std::string(), std::string("."), std::string(".."), std::string("a.b"),
                             std::string(100'000, '.'), std::string("a.b.c")})
        EXPECT_FALSE(signer.verify(text, TokenUse::access));
}

} // namespace
} // namespace cang::registry::auth
