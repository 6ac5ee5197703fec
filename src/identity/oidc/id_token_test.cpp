#include "identity/oidc/id_token.hpp"

#include "base/bytes.hpp"
#include "identity/oidc/provider.hpp"

#include <array>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

namespace cang::identity::oidc {
namespace {

namespace json = boost::json;

using Key = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* key) { EVP_PKEY_free(key); })>;

std::string base64url(std::string_view bytes) {
    auto text = to_base64(as_bytes(bytes));
    text.erase(text.find_last_not_of('=') + 1);
    for (auto& letter : text)
        letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
    return text;
}

std::string number_of(EVP_PKEY* key, const char* name, int bytes = 0) {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key, name, &number);
    std::string text(static_cast<std::size_t>(bytes > 0 ? bytes : BN_num_bytes(number)), '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(text.data()), static_cast<int>(text.size()));
    BN_free(number);
    return base64url(text);
}

json::object rsa_jwk(EVP_PKEY* key, const char* id) {
    return {{"kty", "RSA"},
            {"kid", id},
            {"use", "sig"},
            {"n", number_of(key, OSSL_PKEY_PARAM_RSA_N)},
            {"e", number_of(key, OSSL_PKEY_PARAM_RSA_E)}};
}

json::object ec_jwk(EVP_PKEY* key, const char* id) {
    return {{"kty", "EC"},
            {"crv", "P-256"},
            {"kid", id},
            {"x", number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, 32)},
            {"y", number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32)}};
}

std::string sign(EVP_PKEY* key, std::string_view text) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
    std::size_t length = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    EVP_DigestSign(context, nullptr, &length, bytes, text.size());
    std::string signature(length, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &length, bytes, text.size());
    EVP_MD_CTX_free(context);
    signature.resize(length);
    return signature;
}

// DER to r and s side by side.
std::string raw_of(const std::string& der) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
    std::string raw(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), reinterpret_cast<unsigned char*>(raw.data()), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), reinterpret_cast<unsigned char*>(raw.data()) + 32, 32);
    ECDSA_SIG_free(signature);
    return raw;
}

class IdToken : public ::testing::Test {
protected:
    static Key& rsa() {
        static Key key(EVP_RSA_gen(2048));
        return key;
    }
    static Key& ec() {
        static Key key(EVP_EC_gen("P-256"));
        return key;
    }
    static json::object claims() {
        return {{"iss", "https://login.example"}, {"aud", "cang"}, {"sub", "1"}, {"nonce", "n"}, {"exp", 2'000}};
    }
    static std::string text_of(const json::object& claims, std::string_view algorithm, std::string_view id = "key") {
        json::object header{{"alg", algorithm}, {"kid", id}};
        return base64url(json::serialize(header)) + "." + base64url(json::serialize(claims));
    }
    static std::string rs256(const json::object& claims, std::string_view id = "key") {
        auto text = text_of(claims, "RS256", id);
        return text + "." + base64url(sign(rsa().get(), text));
    }
    std::string problem(std::string_view token) const {
        auto verified = verify_id_token(token, keys, expected);
        return verified ? "" : verified.error().reason;
    }
    std::string problem_with(std::string_view name, json::value value) const {
        auto changed = claims();
        changed[name] = std::move(value);
        return problem(rs256(changed));
    }

    std::vector<PublicKey> keys =
        parse_keys(json::serialize(json::object{{"keys", {rsa_jwk(rsa().get(), "key"), ec_jwk(ec().get(), "curve")}}}))
            .value();
    Expected expected{.issuer = "https://login.example",
                      .client_id = "cang",
                      .nonce = "n",
                      .now = Timestamp(std::chrono::seconds(1'000))};
};

TEST_F(IdToken, AcceptsWhatTheProviderSigned) {
    EXPECT_EQ(problem(rs256(claims())), "");
    auto text = text_of(claims(), "ES256", "curve");
    EXPECT_EQ(problem(text + "." + base64url(raw_of(sign(ec().get(), text)))), "");
}

TEST_F(IdToken, TheTokenDoesNotChooseTheAlgorithm) {
    auto none = text_of(claims(), "none") + ".";
    EXPECT_EQ(problem(none), "its signature is wrong");
    // The public key, which everybody knows, as the secret of an HMAC.
    auto text = text_of(claims(), "HS256");
    auto secret = json::serialize(rsa_jwk(rsa().get(), "key"));
    std::array<unsigned char, 32> code{};
    unsigned int length = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), code.data(), &length);
    std::string signature(reinterpret_cast<const char*>(code.data()), length);
    EXPECT_EQ(problem(text + "." + base64url(signature)), "its signature is wrong");
    auto crossed = text_of(claims(), "ES256");
    EXPECT_EQ(problem(crossed + "." + base64url(sign(rsa().get(), crossed))), "its signature is wrong");
}

TEST_F(IdToken, NoticesEveryChange) {
    auto token = rs256(claims());
    auto changed = claims();
    changed["sub"] = "2";
    auto forged = text_of(changed, "RS256") + token.substr(token.rfind('.'));
    EXPECT_EQ(problem(forged), "its signature is wrong");
    EXPECT_EQ(problem(rs256(claims(), "other")), "no key of the provider signed it");
    EXPECT_TRUE(verify_id_token(rs256(claims(), "other"), keys, expected).error().unknown_key);
    for (const auto* text : {"", ".", "..", "a.b", "a.b.c", "e30.e30.", "e30.e30"})
        EXPECT_NE(problem(text), "") << text;
}

TEST_F(IdToken, ChecksWhatItSays) {
    EXPECT_EQ(problem_with("iss", "https://evil.example"), "it is from another issuer");
    EXPECT_EQ(problem_with("aud", "another"), "it is for another client");
    EXPECT_EQ(problem_with("aud", json::array{"cang", "another"}), "it is for another client");
    EXPECT_EQ(problem_with("aud", json::array{"cang"}), "");
    EXPECT_EQ(problem_with("sub", ""), "it does not say who signed in");
    EXPECT_EQ(problem_with("exp", 900), "its time is over");
    EXPECT_EQ(problem_with("nbf", 1'100), "its time has not come");
    EXPECT_EQ(problem_with("nonce", "of another sign-in"), "it belongs to another sign-in");
}

TEST_F(IdToken, LeavesOutKeysThatAreNoneForThis) {
    Key small(EVP_RSA_gen(1024));
    auto encryption = rsa_jwk(rsa().get(), "enc");
    encryption["use"] = "enc";
    json::object symmetric{{"kty", "oct"}, {"kid", "s"}, {"k", "c2VjcmV0"}};
    json::object set{{"keys", {rsa_jwk(small.get(), "small"), encryption, symmetric, json::object{{"kty", "EC"}}}}};
    EXPECT_TRUE(parse_keys(json::serialize(set)).value().empty());
    EXPECT_FALSE(parse_keys("[]").has_value());
    EXPECT_FALSE(parse_keys("{}").has_value());
}

TEST(GroupRoles, AreReadAndRefused) {
    ASSERT_EQ(parse_group_roles("developers=team:operator").size(), 1U);
    EXPECT_EQ(parse_group_roles("developers=team:operator")[0].second.role, "operator");
    for (const auto* text : {"developers", "developers=team", "developers=team:owner", ","})
        EXPECT_THROW(parse_group_roles(text), Error) << text;
}

} // namespace
} // namespace cang::identity::oidc
