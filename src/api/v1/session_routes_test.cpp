#include "api/v1/api_fixture.hpp"
#include "base/bytes.hpp"
#include "identity/identity_fixture.hpp"

namespace cang::api::v1 {
namespace {

constexpr const char* kPath = "/api/v1/session";

class SessionRoutes : public ApiFixture {
protected:
    SessionRoutes() {
        identity::add_user(warehouse::database_of(*warehouse), "admin", true);
        add_routes(router, closed);
    }

    awaitable<std::optional<http::Response>> authorize(http::Request& request, const http::Route& route) override {
        request.scheme = scheme;
        return control->authorize(request, route);
    }
    registry::Reply sign_in(const std::string& password) {
        return post_json(kPath, {{"user", "admin"}, {"password", password}});
    }
    static std::string password() { return identity::kKnownPassword; }
    static std::string cookie_of(const registry::Reply& reply) {
        auto text = reply.header("Set-Cookie");
        return text.substr(0, text.find(';'));
    }

    const char* scheme = "http";
    identity::Identity people{{}, warehouse::database_of(*warehouse), clock, pool};
    registry::auth::AccessControl guarded{{}, people, signer};
    registry::auth::AccessControl* control = &guarded;
    Context closed{.warehouse = *warehouse,
                   .operations = life.runner,
                   .clock = clock,
                   .registries = registries,
                   .access = guarded,
                   .transfers = transfers,
                   .identity = people,
                   .oidc = oidc,
                   .sealer = sealer,
                   .key = Secret("a key")};
};

TEST_F(SessionRoutes, SignInGivesACookieThatOpensTheApi) {
    EXPECT_EQ(get(kPath).body, R"({"signedIn":false,"signInRequired":true})");
    EXPECT_EQ(get("/api/v1/operations").status, 401);
    auto signed_in = sign_in(password());
    ASSERT_EQ(signed_in.status, 200) << signed_in.body;
    auto document = boost::json::parse(signed_in.body);
    EXPECT_EQ(document.at("user").as_string(), "admin");
    EXPECT_TRUE(document.at("signedIn").as_bool());
    EXPECT_TRUE(document.at("admin").as_bool());
    EXPECT_EQ(signed_in.header("Cache-Control"), "no-store");
    auto cookie = signed_in.header("Set-Cookie");
    EXPECT_TRUE(cookie.starts_with("cang_session=ey")) << cookie;
    EXPECT_TRUE(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200")) << cookie;

    http::Fields headers{{"Cookie", cookie_of(signed_in)}};
    EXPECT_EQ(get(kPath, headers).body, signed_in.body);
    EXPECT_EQ(get("/api/v1/operations", headers).status, 200);
}

TEST_F(SessionRoutes, TheCookieStaysOnTlsWhereItCameOverTls) {
    scheme = "https";
    auto cookie = sign_in(password()).header("Set-Cookie");
    EXPECT_TRUE(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=43200")) << cookie;
}

TEST_F(SessionRoutes, WrongCredentialsAreAProblemAndCounted) {
    for (int i = 0; i < identity::LoginLimiter::max_failures; ++i) {
        auto wrong = sign_in("wrong");
        EXPECT_EQ(wrong.status, 401);
        EXPECT_EQ(wrong.header("Set-Cookie"), "");
        EXPECT_NE(wrong.body.find("the user name or the password is wrong"), std::string::npos);
    }
    auto blocked = sign_in(password());
    EXPECT_EQ(blocked.status, 429);
    EXPECT_EQ(blocked.header("Retry-After"), "60");
    EXPECT_EQ(post_json(kPath, {{"user", "admin"}}).status, 400);
}

TEST_F(SessionRoutes, SignOutEndsTheSessionAndTakesTheCookieBack) {
    auto cookie = cookie_of(sign_in(password()));
    auto reply = send(http::Method::delete_, kPath, {}, {{"Cookie", cookie}});
    EXPECT_EQ(reply.status, 204);
    EXPECT_EQ(get("/api/v1/operations", {{"Cookie", cookie}}).status, 401) << "whoever kept a copy of it";
    EXPECT_EQ(reply.header("Set-Cookie"), "cang_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
}

TEST_F(SessionRoutes, BasicSignsInForTheRequestOnly) {
    auto basic = "Basic " + to_base64(as_bytes("admin:" + password()));
    EXPECT_EQ(get(kPath, {{"Authorization", basic}}).body,
              R"({"signedIn":true,"signInRequired":true,"user":"admin","admin":true,"userId":"id-admin"})");
}

TEST_F(SessionRoutes, EverybodyIsSignedInWhereNobodyMust) {
    router = {};
    add_routes(router, api);
    control = &access;
    EXPECT_EQ(get(kPath).body, R"({"signedIn":true,"signInRequired":false,"user":"admin","admin":true})");
    auto reply = sign_in("whatever");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Set-Cookie"), "");
}

} // namespace
} // namespace cang::api::v1
