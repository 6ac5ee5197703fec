#include "registry/auth/access.hpp"

#include "base/bytes.hpp"
#include "identity/identity_fixture.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace cang::registry::auth {
namespace {

using identity::add_member;
using identity::add_project;
using identity::add_repository;
using identity::add_user;

const http::Route kBase{
    .method = http::Method::get, .pattern = "/v2/", .name = "base", .permission = "registry.sign-in"};
const http::Route kPull{
    .method = http::Method::get, .pattern = "/v2/{name...}/x", .name = "pull", .permission = "image.pull"};
const http::Route kPush{
    .method = http::Method::put, .pattern = "/v2/{name...}/x", .name = "push", .permission = "image.push"};
const http::Route kDelete{
    .method = http::Method::delete_, .pattern = "/v2/{name...}/x", .name = "delete", .permission = "image.delete"};
const http::Route kCatalog{
    .method = http::Method::get, .pattern = "/v2/_catalog", .name = "catalog", .permission = "catalog.list"};
const http::Route kApi{
    .method = http::Method::post, .pattern = "/api/v1/gc", .name = "gc", .permission = "storage.collect"};

struct Verdict {
    bool allowed = false;
    int status = 0;
    std::string challenge;
    std::string body;
    http::Principal principal;
};

class Access : public identity::IdentityFixture {
protected:
    Access() {
        admin = add_user(database, "admin", true);
        project = add_project(database, "library");
        serve({});
    }

    void serve(AccessOptions options) {
        configure({.everybody_is_admin = options.mode == Mode::none, .anonymous = options.anonymous});
        control = std::make_unique<AccessControl>(std::move(options), *identity, signer);
    }

    http::Request request_for(const http::Route& route, const http::Fields& headers) {
        http::Request request;
        request.method = route.method;
        request.path = route.pattern;
        request.headers = &headers;
        request.host = "registry.example:5000";
        request.remote_address = "10.0.0.1";
        if (route.pattern.find("{name...}") != std::string::npos)
            request.parameters.emplace_back("name", repository);
        return request;
    }

    Verdict ask(const http::Route& route, const std::string& authorization = "") {
        http::Fields headers;
        if (!authorization.empty())
            headers.set("Authorization", authorization);
        auto request = request_for(route, headers);
        auto refusal = testing::run_async<std::optional<http::Response>>(
            [&]() -> awaitable<std::optional<http::Response>> { return control->authorize(request, route); });
        Verdict verdict{.allowed = !refusal, .status = 0, .challenge = {}, .body = {}, .principal = request.principal};
        if (refusal) {
            verdict.status = refusal->status;
            verdict.challenge = std::string(refusal->headers.get("WWW-Authenticate"));
            verdict.body = std::get<std::string>(refusal->body);
        }
        return verdict;
    }

    static std::string basic(const std::string& user, const std::string& password) {
        return "Basic " + to_base64(as_bytes(user + ":" + password));
    }
    std::string right() { return basic("admin", std::string(identity::kKnownPassword)); }

    std::string token_text(http::Method method, const std::string& query, const std::string& authorization,
                           const std::string& form = "") {
        http::Fields headers;
        if (!authorization.empty())
            headers.set("Authorization", authorization);
        http::Request request;
        request.method = method;
        request.path = "/v2/token";
        request.query = query;
        request.headers = &headers;
        request.host = "registry.example:5000";
        auto body = io::memory_reader(form);
        request.body = body.get();
        auto routes = control->token_routes();
        const auto& route = method == http::Method::get ? routes.at(0) : routes.at(1);
        auto response =
            testing::run_async<http::Response>([&]() -> awaitable<http::Response> { return route.handle(request); });
        status = response.status;
        return std::get<std::string>(response.body);
    }

    std::string member(const std::string& document, const char* name) {
        auto value = boost::json::parse(document);
        return value.as_object().contains(name) ? std::string(value.at(name).as_string()) : std::string();
    }

    std::string fetch_token(const std::string& scope, const std::string& authorization) {
        return member(token_text(http::Method::get, "service=cang&scope=" + scope, authorization), "token");
    }

    identity::User admin;
    store::RowId project = 0;
    std::string repository = "library/app";
    TokenSigner signer{Secret("a key"), clock};
    std::unique_ptr<AccessControl> control;
    int status = 0;
};

TEST_F(Access, ChallengesWithTheTokenEndpointAndTheScope) {
    auto verdict = ask(kPush);
    EXPECT_EQ(verdict.status, 401);
    EXPECT_EQ(verdict.challenge, "Bearer realm=\"http://registry.example:5000/v2/token\",service=\"cang\","
                                 "scope=\"repository:library/app:pull,push\"");
    EXPECT_EQ(ask(kBase).challenge, "Bearer realm=\"http://registry.example:5000/v2/token\",service=\"cang\"");
    EXPECT_NE(ask(kCatalog).challenge.find("scope=\"registry:catalog:*\""), std::string::npos);
}

TEST_F(Access, NamesTheExternalUrlInTheRealm) {
    serve({.mode = Mode::token, .anonymous = identity::Anonymous::none, .external_url = "https://images.example"});
    EXPECT_TRUE(ask(kBase).challenge.starts_with("Bearer realm=\"https://images.example/v2/token\""));
}

TEST_F(Access, TakesBasicEverywhere) {
    for (const auto* route : {&kBase, &kPull, &kPush, &kDelete, &kCatalog, &kApi}) {
        auto verdict = ask(*route, right());
        EXPECT_TRUE(verdict.allowed) << route->name;
        EXPECT_EQ(verdict.principal.name, "admin");
        EXPECT_TRUE(verdict.principal.admin);
    }
}

TEST_F(Access, RefusesAWrongPassword) {
    auto verdict = ask(kPull, basic("admin", "wrong"));
    EXPECT_EQ(verdict.status, 401);
    EXPECT_EQ(verdict.challenge, "Basic realm=\"cang\"");
}

TEST_F(Access, BlocksAnAddressThatGuesses) {
    for (int i = 0; i < identity::LoginLimiter::max_failures; ++i)
        EXPECT_EQ(ask(kPull, basic("admin", "wrong")).status, 401);
    try {
        ask(kPull, right());
        ADD_FAILURE() << "was let in";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::rate_limited);
        EXPECT_EQ(error.message(), "too many failed sign-ins from this address");
        EXPECT_TRUE(error.retry_after());
    }
}

TEST_F(Access, ATokenOpensWhatItsScopeNames) {
    auto pull = "Bearer " + fetch_token("repository:library/app:pull", right());
    EXPECT_TRUE(ask(kPull, pull).allowed);
    EXPECT_TRUE(ask(kBase, pull).allowed);
    auto refused = ask(kPush, pull);
    EXPECT_EQ(refused.status, 401);
    EXPECT_NE(refused.challenge.find("error=\"insufficient_scope\""), std::string::npos);
    auto other = "Bearer " + fetch_token("repository:library/other:pull,push,delete", right());
    EXPECT_FALSE(ask(kPull, other).allowed);
    auto all = "Bearer " + fetch_token("repository:library/app:*", right());
    EXPECT_TRUE(ask(kDelete, all).allowed);
}

TEST_F(Access, ATokenOpensNothingBesideTheRegistry) {
    auto token = "Bearer " + fetch_token("repository:library/app:*", right());
    auto verdict = ask(kApi, token);
    EXPECT_EQ(verdict.status, 401);
    EXPECT_EQ(verdict.challenge, "Basic realm=\"cang\"");
}

TEST_F(Access, ATokenEnds) {
    auto token = "Bearer " + fetch_token("repository:library/app:pull", right());
    clock.advance(TokenSigner::access_life);
    auto verdict = ask(kPull, token);
    EXPECT_EQ(verdict.status, 401);
    EXPECT_NE(verdict.challenge.find("error=\"invalid_token\""), std::string::npos);
}

TEST_F(Access, AnonymousTokensGrantNothingByDefault) {
    auto token = "Bearer " + fetch_token("repository:library/app:pull,push", "");
    EXPECT_FALSE(ask(kPull, token).allowed);
}

TEST_F(Access, AnonymousPullNeedsNoSignInButPushDoes) {
    serve({.mode = Mode::token, .anonymous = identity::Anonymous::pull, .external_url = {}});
    EXPECT_TRUE(ask(kPull).allowed);
    EXPECT_FALSE(ask(kPush).allowed);
    EXPECT_FALSE(ask(kDelete).allowed);
    EXPECT_FALSE(ask(kApi).allowed);
    auto token = "Bearer " + fetch_token("repository:library/app:pull,push,delete", "");
    EXPECT_TRUE(ask(kPull, token).allowed);
    EXPECT_FALSE(ask(kPush, token).allowed);
}

TEST_F(Access, AnonymousClientsLearnAtTheRootWhereTokensAre) {
    serve({.mode = Mode::token, .anonymous = identity::Anonymous::push, .external_url = {}});
    EXPECT_EQ(ask(kBase).status, 401);
    EXPECT_TRUE(ask(kPush).allowed);
    EXPECT_FALSE(ask(kDelete).allowed);
}

TEST_F(Access, BasicModeHasNoTokens) {
    auto token = "Bearer " + fetch_token("repository:library/app:pull", right());
    serve({.mode = Mode::basic, .anonymous = identity::Anonymous::none, .external_url = {}});
    EXPECT_FALSE(ask(kPull, token).allowed);
    EXPECT_TRUE(control->token_routes().empty());
    EXPECT_EQ(ask(kBase).challenge, "Basic realm=\"cang\"");
}

TEST_F(Access, NoneLetsEverybodyDoEverything) {
    serve({.mode = Mode::none, .anonymous = identity::Anonymous::none, .external_url = {}});
    for (const auto* route : {&kBase, &kPull, &kPush, &kDelete, &kCatalog, &kApi})
        EXPECT_TRUE(ask(*route).principal.admin) << route->name;
}

TEST_F(Access, TheTokenEndpointRefusesAWrongPassword) {
    token_text(http::Method::get, "scope=repository:library/app:pull", basic("admin", "wrong"));
    EXPECT_EQ(status, 401);
}

TEST_F(Access, OauthGivesARefreshTokenThatWorksUntilThePasswordChanges) {
    auto form = "grant_type=password&username=admin&password=" + std::string(identity::kKnownPassword) +
                "&access_type=offline&scope=repository%3Alibrary%2Fapp%3Apull+repository%3Aother%3Apull";
    auto first = token_text(http::Method::post, "", "", form);
    EXPECT_EQ(status, 200);
    EXPECT_EQ(member(first, "scope"), "repository:library/app:pull repository:other:pull");
    auto refresh = member(first, "refresh_token");
    ASSERT_FALSE(refresh.empty());

    form = "grant_type=refresh_token&scope=repository:library/app:pull&refresh_token=" + refresh;
    auto second = token_text(http::Method::post, "", "", form);
    EXPECT_EQ(status, 200);
    EXPECT_TRUE(ask(kPull, "Bearer " + member(second, "access_token")).allowed);
    EXPECT_FALSE(ask(kPull, "Bearer " + refresh).allowed);

    run(identity->users.set_password(admin.id, Secret("another long one"), "", identity::kTester));
    auto third = token_text(http::Method::post, "", "", form);
    EXPECT_EQ(status, 401);
    EXPECT_EQ(member(third, "error"), "invalid_grant");
}

TEST_F(Access, OauthRefusesOtherGrants) {
    auto reply = token_text(http::Method::post, "", "", "grant_type=authorization_code");
    EXPECT_EQ(status, 400);
    EXPECT_EQ(member(reply, "error"), "unsupported_grant_type");
}

TEST_F(Access, OauthGivesNoRefreshTokenForAPartOfTheRights) {
    identity::Scopes scopes{{.project = "library", .repository = {}, .permissions = {"image.pull"}}};
    auto robot = run(identity->robots.create("library", "ci", {.scopes = scopes}, identity::kTester));
    auto form = "grant_type=password&username=robot%24library%2Bci&password=" + robot.secret.reveal() +
                "&access_type=offline&scope=repository:library/app:pull";
    auto reply = token_text(http::Method::post, "", "", form);
    EXPECT_EQ(status, 200);
    EXPECT_EQ(member(reply, "scope"), "repository:library/app:pull");
    EXPECT_EQ(member(reply, "refresh_token"), "");
}

// What somebody has no right to is refused for good, so that clients do not ask for another token.
TEST_F(Access, ARefusedScopeIsDeniedByTheNameOfThePermission) {
    auto alice = add_user(database, "alice");
    add_member(database, project, alice, identity::Role::viewer);
    auto token = "Bearer " + fetch_token("repository:library/app:pull,push", basic("alice", identity::kKnownPassword));
    EXPECT_TRUE(ask(kPull, token).allowed);
    auto verdict = ask(kPush, token);
    EXPECT_EQ(verdict.status, 403);
    EXPECT_EQ(verdict.body, R"({"errors":[{"code":"DENIED","message":"alice lacks the permission image.push on )"
                            R"(library/app","detail":null}]})");
    auto event = audited("push");
    EXPECT_EQ(event.result, "denied");
    EXPECT_EQ(event.actor.name, "alice");
    EXPECT_EQ(event.actor.via, "registry token");
    EXPECT_EQ(event.project, "library");
    auto basic_verdict = ask(kDelete, basic("alice", identity::kKnownPassword));
    EXPECT_EQ(basic_verdict.status, 403);
    EXPECT_NE(basic_verdict.body.find("alice lacks the permission image.delete on library/app: ask an administrator"),
              std::string::npos)
        << basic_verdict.body;
}

TEST_F(Access, ATokenEndsWithWhatVouchedForIt) {
    auto alice = add_user(database, "alice");
    add_member(database, project, alice, identity::Role::operator_);
    auto fetch = [this] {
        return "Bearer " + fetch_token("repository:library/app:pull,push", basic("alice", identity::kKnownPassword));
    };
    auto token = fetch();
    EXPECT_TRUE(ask(kPush, token).allowed);
    run(identity->projects.put_member("library", alice.id, identity::Role::viewer, identity::kTester));
    auto verdict = ask(kPush, token);
    EXPECT_EQ(verdict.status, 401);
    EXPECT_NE(verdict.challenge.find("error=\"invalid_token\""), std::string::npos) << verdict.challenge;
    token = fetch();
    EXPECT_TRUE(ask(kPull, token).allowed);
    run(identity->users.update(alice.id, {.disabled = true}, identity::kTester));
    EXPECT_EQ(ask(kPull, token).status, 401);
    EXPECT_EQ(ask(kPull, basic("alice", identity::kKnownPassword)).status, 401);
}

TEST_F(Access, ARemovedPersonalTokenEndsWhatItFetched) {
    auto made = run(identity->tokens.create(admin.row, "ci", {}, {}, identity::kTester));
    auto token = "Bearer " + fetch_token("repository:library/app:pull", basic("admin", made.secret.reveal()));
    EXPECT_TRUE(ask(kPull, token).allowed);
    EXPECT_TRUE(ask(kPull, "Bearer " + made.secret.reveal()).allowed) << "itself, without a round trip";
    run(identity->tokens.remove(admin.row, made.token.id, identity::kTester));
    EXPECT_EQ(ask(kPull, token).status, 401);
    EXPECT_EQ(ask(kPull, "Bearer " + made.secret.reveal()).status, 401);
}

TEST_F(Access, ARobotThatOnlyPushesNeedsNoPull) {
    identity::Scopes scopes{{.project = "library", .repository = {}, .permissions = {"image.push"}}};
    auto robot = run(identity->robots.create("library", "ci", {.scopes = scopes}, identity::kTester));
    auto name = robot.robot.name;
    EXPECT_TRUE(ask(kPush, basic(name, robot.secret.reveal())).allowed);
    auto token = "Bearer " + fetch_token("repository:library/app:pull,push", basic(name, robot.secret.reveal()));
    EXPECT_TRUE(ask(kPush, token).allowed);
    EXPECT_EQ(ask(kPull, token).status, 403);
}

// The token was given after a look at all rules; it names the repository itself.
TEST_F(Access, AProjectsAdministratorPushesToAPrivateRepositoryWithAToken) {
    auto alice = add_user(database, "alice");
    add_member(database, project, alice, identity::Role::admin);
    auto bob = add_user(database, "bob");
    add_member(database, project, bob, identity::Role::operator_);
    add_repository(database, "library/app", "carol", true);
    auto fetch = [this](const std::string& name) {
        return "Bearer " + fetch_token("repository:library/app:pull,push", basic(name, identity::kKnownPassword));
    };
    EXPECT_TRUE(ask(kPush, fetch("alice")).allowed);
    EXPECT_EQ(ask(kPush, fetch("bob")).status, 403);
    EXPECT_EQ(ask(kPull, fetch("bob")).status, 403);
}

TEST_F(Access, AFirstPushMakesTheProjectForThoseWhoMayOnly) {
    http::Route push = kPush;
    auto admins = basic("admin", identity::kKnownPassword);
    repository = "fresh/app";
    EXPECT_TRUE(ask(push, admins).allowed);
    EXPECT_EQ(audited("project.create").message, "made by the first push to it");
    add_user(database, "alice");
    repository = "other/app";
    EXPECT_EQ(ask(push, basic("alice", identity::kKnownPassword)).status, 403);
    EXPECT_EQ(audit("project.create").size(), 1U);
}

} // namespace
} // namespace cang::registry::auth
