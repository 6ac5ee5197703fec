#include "distribution/response_error.hpp"

#include "distribution/token_response.hpp"

#include <gtest/gtest.h>

namespace cang::distribution {
namespace {

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(784'111'777)}; // Sun, 06 Nov 1994 08:49:37 GMT

Error refused(int status, std::string body, std::string retry_after = {}) {
    Refusal refusal{status, "r.example", "reading a", std::move(body), std::move(retry_after)};
    return refusal_error(refusal, kNow);
}

TEST(RegistryRefusal, QuotesTheErrorDocument) {
    Error error = refused(404, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest\nunknown","detail":{}}]})");
    EXPECT_EQ(error.kind(), ErrorKind::not_found);
    EXPECT_EQ(error.code(), "MANIFEST_UNKNOWN");
    EXPECT_EQ(error.message(), "reading a: r.example answered 404: manifest unknown");
}

TEST(RegistryRefusal, NeverEchoesOtherBodies) {
    for (std::string body :
         {std::string("<html>secret</html>"), std::string("{"), std::string("[]"), std::string(R"({"errors":[]})"),
          std::string(R"({"errors":[1]})"), std::string(100'000, '['),
          std::string(R"({"errors":[{"code":"<b>","detail":"secret"}]})")}) {
        Error error = refused(502, body);
        EXPECT_EQ(error.message(), "reading a: r.example answered 502");
        EXPECT_EQ(error.kind(), ErrorKind::unavailable);
        EXPECT_EQ(error.code(), "");
    }
}

TEST(RegistryRefusal, CutsLongMessages) {
    std::string text(10'000, 'x');
    Error error = refused(400, R"({"errors":[{"code":"NAME_INVALID","message":")" + text + R"("}]})");
    EXPECT_EQ(error.message(), "reading a: r.example answered 400: " + std::string(300, 'x'));
}

TEST(RegistryRefusal, LetsTheStatusDecideOnRetries) {
    std::string denied = R"({"errors":[{"code":"DENIED"}]})";
    EXPECT_EQ(refused(401, denied).kind(), ErrorKind::unauthenticated);
    EXPECT_EQ(refused(403, denied).kind(), ErrorKind::permission_denied);
    EXPECT_EQ(refused(429, denied).kind(), ErrorKind::rate_limited);
    EXPECT_EQ(refused(503, denied).kind(), ErrorKind::unavailable);
    EXPECT_EQ(refused(400, R"({"errors":[{"code":"DIGEST_INVALID"}]})").kind(), ErrorKind::corrupt);
    EXPECT_EQ(refused(418, "").kind(), ErrorKind::unsupported);
    EXPECT_EQ(refused(302, "").kind(), ErrorKind::corrupt);
}

TEST(RetryAfter, IsSecondsOrADate) {
    using std::chrono::seconds;
    EXPECT_EQ(parse_retry_after("17", kNow), seconds(17));
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", kNow), seconds(60));
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", kNow), seconds(0));
    EXPECT_EQ(parse_retry_after("4000000000", kNow), seconds(3600));
    for (std::string_view text : {"", "-1", "soon", "1.5", "99999999999999999999", "Sun, 06 Nov"})
        EXPECT_EQ(parse_retry_after(text, kNow), std::nullopt) << text;
    EXPECT_EQ(refused(429, "", "5").retry_after(), seconds(5));
}

TEST(TokenResponse, TakesEitherName) {
    EXPECT_EQ(TokenResponse::parse(R"({"token":"a","access_token":"b"})")->token, "a");
    auto parsed = TokenResponse::parse(R"({"access_token":"b","expires_in":300})");
    EXPECT_EQ(parsed->token, "b");
    EXPECT_EQ(parsed->lifetime, std::chrono::seconds(300));
    EXPECT_EQ(TokenResponse::parse(R"({"token":"a","expires_in":-5})")->lifetime, std::chrono::seconds(60));
    EXPECT_EQ(TokenResponse::parse(R"({"token":"a","expires_in":1e300})")->lifetime, std::chrono::hours(24));
}

TEST(TokenResponse, RejectsWhatFitsNoHeader) {
    for (std::string_view text :
         {"", "[]", "{}", R"({"token":""})", R"({"token":1})", R"({"token":"a\r\nb"})", R"({"token":"a b"})"})
        EXPECT_FALSE(TokenResponse::parse(text)) << text;
    EXPECT_FALSE(TokenResponse::parse("{\"token\":\"" + std::string(40'000, 'a') + "\"}"));
}

} // namespace
} // namespace cang::distribution
