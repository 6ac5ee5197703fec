#include "registry/auth/token_signer.hpp"

#include "base/bytes.hpp"
#include "testing/fake_clock.hpp"

#include <array>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <span>

namespace cang::registry::auth {
namespace {

class TokenSignerTest : public ::testing::Test {
protected:
    std::string sign(TokenUse use = TokenUse::access) {
        TokenClaims claims{.use = use, .subject = "admin", .epoch = "e1", .scopes = {}};
        claims.scopes.push_back({.type = "repository", .name = "app", .actions = {"pull"}});
        return signer.sign(claims);
    }
    // What somebody would get who knew the key and took another header for good.
    static std::string hmac(const std::string& text) {
        std::array<unsigned char, 32> code{};
        HMAC(EVP_sha256(), "a key", 5, reinterpret_cast<const unsigned char*>(text.data()), text.size(), code.data(),
             nullptr);
        auto encoded = to_base64(std::as_bytes(std::span(code)));
        encoded.erase(encoded.find_last_not_of('=') + 1);
        for (auto& letter : encoded)
            letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
        return encoded;
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

// Whatever a header says, nothing but our own is accepted: with it, no other algorithm.
TEST_F(TokenSignerTest, RefusesEveryOtherAlgorithm) {
    auto token = sign();
    auto payload = token.substr(token.find('.'), token.rfind('.') - token.find('.'));
    auto signed_part = token.substr(token.rfind('.'));
    for (const auto* header :
         {R"({"alg":"none","typ":"JWT"})", R"({"alg":"None"})", R"({"alg":"RS256","typ":"JWT"})",
          R"({"alg":"ES256","typ":"JWT"})", R"({"alg":"HS512","typ":"JWT"})", R"({"typ":"JWT","alg":"HS256"})",
          R"({"alg":"HS256","typ":"JWT","jwk":{"kty":"oct","k":""}})", "{}", ""}) {
        auto encoded = to_base64(as_bytes(std::string_view(header)));
        encoded.erase(encoded.find_last_not_of('=') + 1);
        EXPECT_FALSE(signer.verify(encoded + payload + ".", TokenUse::access)) << header;
        EXPECT_FALSE(signer.verify(encoded + payload + signed_part, TokenUse::access)) << header;
        EXPECT_FALSE(signer.verify(encoded + payload + "." + hmac(encoded + payload), TokenUse::access)) << header;
    }
}

TEST_F(TokenSignerTest, KeepsWhatVouchedAndWhatWasRefused) {
    TokenClaims claims{.use = TokenUse::access, .subject = "alice", .credential = "user:7", .stamp = "1.2"};
    claims.refused.push_back({.type = "repository", .name = "app", .actions = {"push"}});
    auto read = signer.verify(signer.sign(claims), TokenUse::access);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->credential, "user:7");
    EXPECT_EQ(read->stamp, "1.2");
    EXPECT_FALSE(read->admin);
    EXPECT_EQ(read->refused, claims.refused);
    EXPECT_TRUE(read->scopes.empty());
}

TEST_F(TokenSignerTest, ASessionEndsWhenItSays) {
    TokenClaims claims{.use = TokenUse::session, .subject = "admin", .session = "s1"};
    claims.expires = clock.now() + std::chrono::seconds(10);
    auto token = signer.sign(claims);
    EXPECT_EQ(signer.verify(token, TokenUse::session)->session, "s1");
    clock.advance(std::chrono::seconds(10));
    EXPECT_FALSE(signer.verify(token, TokenUse::session));
}

TEST_F(TokenSignerTest, RefusesWhatIsNoToken) {
    for (const auto& text : {std::string(), std::string("."), std::string(".."), std::string("a.b"),
                             std::string(100'000, '.'), std::string("a.b.c")})
        EXPECT_FALSE(signer.verify(text, TokenUse::access));
}

} // namespace
} // namespace cang::registry::auth
