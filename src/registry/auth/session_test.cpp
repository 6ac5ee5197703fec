// People at our own API: their sessions, and what a browser may do on their behalf.
#include "base/error.hpp"
#include "http/cookie.hpp"
#include "registry/auth/access.hpp"
#include "testing/fake_clock.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <gtest/gtest.h>

namespace cang::registry::auth {
namespace {

const http::Route kRead{
    .method = http::Method::get, .pattern = "/api/v1/operations", .name = "list", .access = http::Access::admin};
const http::Route kWrite{
    .method = http::Method::post, .pattern = "/api/v1/gc", .name = "gc", .access = http::Access::admin};
const http::Route kSession{.method = http::Method::get, .pattern = "/api/v1/session", .name = "session"};
const http::Route kSignIn{.method = http::Method::post, .pattern = "/api/v1/session", .name = "sign in"};
const http::Route kLive{.method = http::Method::get, .pattern = "/socket.io/", .name = "live"};
const http::Route kPush{
    .method = http::Method::put, .pattern = "/v2/x", .name = "push", .access = http::Access::writer};

struct Verdict {
    int status = 0; // 0: allowed
    http::Principal principal;
    std::string challenge;
    std::string body;
};

class Sessions : public ::testing::Test {
protected:
    Sessions() { configure({}); }
    ~Sessions() override { pool.join(); }

    void configure(AccessOptions options) {
        bool none = options.mode == Mode::none;
        control = std::make_unique<AccessControl>(std::move(options), none ? nullptr : &account, signer, clock, pool);
    }

    Verdict ask(const http::Route& route, http::Fields headers) {
        http::Request request;
        request.method = route.method;
        request.path = route.pattern;
        request.headers = &headers;
        request.host = "cang.example:5000";
        request.remote_address = "10.0.0.1";
        auto refusal = testing::run_async<std::optional<http::Response>>(
            [&]() -> awaitable<std::optional<http::Response>> { return control->authorize(request, route); });
        Verdict verdict{.status = 0, .principal = request.principal, .challenge = {}, .body = {}};
        if (refusal) {
            verdict.status = refusal->status;
            verdict.challenge = std::string(refusal->headers.get("WWW-Authenticate"));
            verdict.body = std::get<std::string>(refusal->body);
        }
        return verdict;
    }

    std::string open_session() {
        http::Fields headers;
        http::Request request;
        request.headers = &headers;
        auto token = testing::run_async<std::optional<std::string>>([&]() -> awaitable<std::optional<std::string>> {
            return control->open_session(request, {.user = "admin", .password = *account.generated_password()});
        });
        return token.value();
    }
    std::string cookie() { return "theme=dark; cang_session=" + open_session(); }

    testing::TempDir directory;
    testing::FakeClock clock;
    async::BlockingPool pool{2};
    Account account{directory.path(), {}};
    TokenSigner signer{Secret("a key"), clock};
    std::unique_ptr<AccessControl> control;
};

TEST_F(Sessions, CookieOpensTheApiAndLiveEventsButNotTheRegistry) {
    auto verdict = ask(kRead, {{"Cookie", cookie()}});
    EXPECT_EQ(verdict.status, 0);
    EXPECT_EQ(verdict.principal.name, "admin");
    EXPECT_TRUE(ask(kLive, {{"Cookie", cookie()}}).principal.admin);
    EXPECT_TRUE(ask(kSession, {{"Cookie", cookie()}}).principal.admin);
    EXPECT_EQ(ask(kPush, {{"Cookie", cookie()}, {"X-Requested-With", "cang"}}).status, 401);
}

TEST_F(Sessions, TokenWorksAsBearerOutsideTheRegistry) {
    auto bearer = "Bearer " + open_session();
    EXPECT_EQ(ask(kWrite, {{"Authorization", bearer}}).status, 0);
    EXPECT_TRUE(ask(kLive, {{"Authorization", bearer}}).principal.admin);
    EXPECT_EQ(ask(kPush, {{"Authorization", bearer}}).status, 401);
}

TEST_F(Sessions, CookieWritesOnlyWithOurHeader) {
    EXPECT_EQ(ask(kWrite, {{"Cookie", cookie()}, {"X-Requested-With", "cang"}}).status, 0);
    auto verdict = ask(kWrite, {{"Cookie", cookie()}});
    EXPECT_EQ(verdict.status, 403);
    EXPECT_NE(verdict.body.find(R"(with a session's cookie, send the header \"X-Requested-With: cang\" too)"),
              std::string::npos)
        << verdict.body;
    EXPECT_EQ(ask(kSignIn, {{"Cookie", cookie()}}).status, 0) << "an old cookie must not keep one from signing in";
}

TEST_F(Sessions, PagesOfOtherSitesMayNotWrite) {
    for (const char* origin : {"http://evil.example", "null", "https://cang.example"}) {
        http::Fields headers{{"Cookie", cookie()}, {"X-Requested-With", "cang"}, {"Origin", origin}};
        EXPECT_EQ(ask(kWrite, headers).status, 403) << origin;
        EXPECT_EQ(ask(kSignIn, headers).status, 403) << origin;
    }
    http::Fields ours{{"Cookie", cookie()}, {"X-Requested-With", "cang"}, {"Origin", "http://cang.example:5000"}};
    EXPECT_EQ(ask(kWrite, ours).status, 0);
    configure({.mode = Mode::token, .external_url = "https://images.example/cang"});
    http::Fields outside{{"Cookie", cookie()}, {"X-Requested-With", "cang"}, {"Origin", "https://images.example"}};
    EXPECT_EQ(ask(kWrite, outside).status, 0);
}

TEST_F(Sessions, PagesOfOtherSitesGetNoLiveEvents) {
    http::Fields headers{{"Cookie", cookie()}, {"Origin", "http://evil.example"}};
    auto verdict = ask(kLive, headers);
    EXPECT_EQ(verdict.status, 0) << "a token may still open it";
    EXPECT_FALSE(verdict.principal.admin);
    configure({.mode = Mode::none, .external_url = {}});
    EXPECT_FALSE(ask(kLive, headers).principal.admin);
    EXPECT_EQ(ask(kWrite, headers).status, 403);
    EXPECT_TRUE(ask(kLive, {}).principal.admin);
}

TEST_F(Sessions, RefusalsAreProblemsWithoutAChallengeForOurPages) {
    auto verdict = ask(kRead, {{"X-Requested-With", "cang"}});
    EXPECT_EQ(verdict.status, 401);
    EXPECT_EQ(verdict.challenge, "");
    EXPECT_EQ(verdict.body, R"({"type":"about:blank","title":"unauthenticated","status":401,)"
                            R"("detail":"sign in to do this","kind":"unauthenticated"})");
    EXPECT_EQ(ask(kRead, {}).challenge, "Basic realm=\"cang\"");
    verdict = ask(kRead, {{"Cookie", "cang_session=stale"}});
    EXPECT_NE(verdict.body.find("the session has ended; sign in again"), std::string::npos);
}

TEST_F(Sessions, EndAfterTwelveHoursAndWithThePassword) {
    auto token = open_session();
    auto session = control->find_session(token);
    ASSERT_TRUE(session);
    EXPECT_EQ(session->user, "admin");
    auto life = session->expires - clock.now();
    EXPECT_LE(life, TokenSigner::session_life);
    EXPECT_GT(life, TokenSigner::session_life - std::chrono::seconds(1));
    clock.advance(TokenSigner::session_life);
    EXPECT_FALSE(control->find_session(token));
    EXPECT_EQ(ask(kRead, {{"Cookie", "cang_session=" + token}}).status, 401);

    TokenClaims stale{.use = TokenUse::session, .subject = "admin", .epoch = "older", .scopes = {}};
    EXPECT_FALSE(control->find_session(signer.sign(stale)));
    TokenClaims other{.use = TokenUse::refresh, .subject = "admin", .epoch = account.epoch(), .scopes = {}};
    EXPECT_FALSE(control->find_session(signer.sign(other)));
}

} // namespace
} // namespace cang::registry::auth
