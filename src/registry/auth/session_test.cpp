// People at our own API: their sessions, and what a browser may do on their behalf.
#include "http/cookie.hpp"
#include "identity/identity_fixture.hpp"
#include "registry/auth/access.hpp"

namespace cang::registry::auth {
namespace {

using identity::add_user;

const http::Route kRead{
    .method = http::Method::get, .pattern = "/api/v1/operations", .name = "list", .permission = "operation.read"};
const http::Route kWrite{
    .method = http::Method::post, .pattern = "/api/v1/gc", .name = "gc", .permission = "storage.collect"};
const http::Route kSession{
    .method = http::Method::get, .pattern = "/api/v1/session", .name = "session", .permission = "public"};
const http::Route kSignIn{
    .method = http::Method::post, .pattern = "/api/v1/session", .name = "sign in", .permission = "public"};
const http::Route kLive{.method = http::Method::get, .pattern = "/socket.io/", .name = "live", .permission = "public"};
const http::Route kPush{.method = http::Method::put, .pattern = "/v2/x", .name = "push", .permission = "image.push"};

struct Verdict {
    int status = 0; // 0: allowed
    http::Principal principal;
    std::string challenge;
    std::string body;
};

class Sessions : public identity::IdentityFixture {
protected:
    Sessions() {
        admin = add_user(database, "admin", true);
        serve({});
    }

    void serve(AccessOptions options) {
        configure({.everybody_is_admin = options.mode == Mode::none, .anonymous = options.anonymous});
        control = std::make_unique<AccessControl>(std::move(options), *identity, signer);
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

    AccessControl::Opened open(const http::Fields& headers = {}) {
        http::Request request;
        request.headers = &headers;
        request.remote_address = "10.0.0.1";
        auto opened =
            run(control->open_session(request, {.user = "admin", .password = Secret(identity::kKnownPassword)}));
        return opened.value();
    }
    std::string open_session() { return open().token; }
    bool lives(const std::string& token) { return run(control->find_session(token)) != nullptr; }
    std::string session_id(const std::string& token) { return signer.verify(token, TokenUse::session)->session; }
    std::string cookie() { return "theme=dark; cang_session=" + open_session(); }

    identity::User admin;
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
    serve({.mode = Mode::token, .external_url = "https://images.example/cang"});
    http::Fields outside{{"Cookie", cookie()}, {"X-Requested-With", "cang"}, {"Origin", "https://images.example"}};
    EXPECT_EQ(ask(kWrite, outside).status, 0);
}

TEST_F(Sessions, PagesOfOtherSitesGetNoLiveEvents) {
    http::Fields headers{{"Cookie", cookie()}, {"Origin", "http://evil.example"}};
    auto verdict = ask(kLive, headers);
    EXPECT_EQ(verdict.status, 0) << "a token may still open it";
    EXPECT_FALSE(verdict.principal.admin);
    serve({.mode = Mode::none, .external_url = {}});
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

TEST_F(Sessions, EndAfterTwelveHours) {
    auto opened = open();
    auto session = run(control->find_session(opened.token));
    ASSERT_TRUE(session);
    EXPECT_EQ(session->name, "admin");
    EXPECT_EQ(session->via, "session");
    EXPECT_EQ(opened.expires - clock.now(), TokenSigner::session_life);
    clock.advance(TokenSigner::session_life);
    EXPECT_FALSE(lives(opened.token));
    EXPECT_EQ(ask(kRead, {{"Cookie", "cang_session=" + opened.token}}).status, 401);
}

TEST_F(Sessions, EachSignInMakesANewOneWhateverTheBrowserSent) {
    auto first = open_session();
    auto second = open({{"Cookie", "cang_session=" + first}}).token;
    EXPECT_NE(session_id(first), session_id(second));
    EXPECT_TRUE(lives(first)) << "of another browser, perhaps";
    http::Fields planted{{"Cookie", "cang_session=planted"}};
    EXPECT_NE(session_id(open(planted).token), "planted");
}

TEST_F(Sessions, AreOverOnceTheirRowIsGone) {
    auto token = open_session();
    EXPECT_TRUE(run(identity->sessions.end(admin.row, session_id(token), identity::kTester)));
    EXPECT_FALSE(lives(token));
    EXPECT_EQ(ask(kRead, {{"Authorization", "Bearer " + token}}).status, 401);
}

TEST_F(Sessions, EndWithANewPassword) {
    auto mine = open_session();
    auto other = open_session();
    run(identity->users.set_password(admin.id, Secret("another long one"), session_id(mine), identity::kTester));
    EXPECT_TRUE(lives(mine)) << "of whoever changed it";
    EXPECT_FALSE(lives(other));
}

TEST_F(Sessions, TokensOfOtherUsesOpenNone) {
    auto id = session_id(open_session());
    TokenClaims refresh{.use = TokenUse::refresh, .subject = "admin", .session = id};
    EXPECT_FALSE(lives(signer.sign(refresh)));
    TokenClaims unknown{.use = TokenUse::session, .subject = "admin", .session = "nothing"};
    EXPECT_FALSE(lives(signer.sign(unknown)));
}

TEST_F(Sessions, AreNotForRobotsAndTokensWithAPartOfTheRights) {
    auto secret_opens = [this](const std::string& user, const Secret& secret) {
        http::Fields headers;
        http::Request request;
        request.headers = &headers;
        return run(control->open_session(request, {.user = user, .password = secret})).has_value();
    };
    identity::Scopes scopes{{.project = "*", .repository = {}, .permissions = {"image.pull"}}};
    auto token = run(identity->tokens.create(admin.row, "ci", scopes, {}, identity::kTester));
    EXPECT_FALSE(secret_opens("admin", token.secret));
    auto robot = run(identity->robots.create("", "ci", {.scopes = scopes}, identity::kTester));
    EXPECT_FALSE(secret_opens("robot$ci", robot.secret));
    auto whole = run(identity->tokens.create(admin.row, "whole", {}, {}, identity::kTester));
    EXPECT_TRUE(secret_opens("admin", whole.secret));
}

} // namespace
} // namespace cang::registry::auth
