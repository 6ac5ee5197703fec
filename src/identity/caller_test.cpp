#include "identity/caller.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cang::identity {
namespace {

Scopes on(std::string project, std::vector<std::string> permissions) {
    return {{.project = std::move(project), .repository = {}, .permissions = std::move(permissions)}};
}
bool covered(const Scopes& scopes, std::string_view permission, std::string_view resource) {
    return covers(scopes, get_permission(permission), resource);
}

TEST(ScopesParse, ReadsWhatIsStored) {
    auto scopes = on("team", {"image.pull", "image.push"});
    EXPECT_EQ(to_json(scopes), R"([{"project":"team","permissions":["image.pull","image.push"]}])");
    EXPECT_EQ(parse_scopes(to_json(scopes)), scopes);
    EXPECT_EQ(parse_scopes(""), Scopes());
    EXPECT_EQ(parse_scopes("[]"), Scopes());
}

TEST(ScopesParse, RefusesWhatIsNone) {
    auto reason = [](std::string_view text) {
        auto scopes = parse_scopes(text);
        return scopes ? std::string("taken") : scopes.error().reason;
    };
    constexpr auto list = "scopes are a list of at most 64";
    constexpr auto shape = "a scope has a project (or \"*\") and permissions";
    for (const auto* text : {"{}", "7", "null", "[", "[]x", "\"\xff\""})
        EXPECT_EQ(reason(text), list) << text;
    for (const auto* text :
         {"[7]", "[[]]", "[{}]", R"([{"project":"a"}])", R"([{"permissions":["image.pull"]}])",
          R"([{"project":"","permissions":["image.pull"]}])", R"([{"project":7,"permissions":["image.pull"]}])",
          R"([{"project":"a","permissions":"image.pull"}])",
          R"([{"project":null,"repository":"a/b","permissions":["image.pull"]}])"})
        EXPECT_EQ(reason(text), shape) << text;
    EXPECT_EQ(reason(R"([{"project":"a","permissions":[]}])"), "a scope has at least one permission");
    EXPECT_EQ(reason(R"([{"project":"a","permissions":["image.eat"]}])"), R"(there is no permission "image.eat")");
    EXPECT_EQ(reason(R"([{"project":"a","permissions":[{"x":1}]}])"), R"(there is no permission {"x":1})");
    EXPECT_EQ(reason(R"([{"project":"a","permissions":["*"]}])"), R"(there is no permission "*")");
}

TEST(ScopesParse, IsBounded) {
    auto many = [](std::size_t count) {
        std::string text = "[";
        for (std::size_t i = 0; i < count; ++i)
            text += fmt::format(R"({}{{"project":"p{}","permissions":["image.pull"]}})", i == 0 ? "" : ",", i);
        return text + "]";
    };
    EXPECT_TRUE(parse_scopes(many(kMaxScopes)));
    EXPECT_FALSE(parse_scopes(many(kMaxScopes + 1)));
    EXPECT_FALSE(parse_scopes(std::string(100'000, '[')));
}

TEST(ScopesCover, TheirProjectAndNoOther) {
    auto scopes = on("team", {"image.pull"});
    EXPECT_TRUE(covered(scopes, "image.pull", "team/app"));
    EXPECT_TRUE(covered(scopes, "image.pull", "team/deep/app"));
    EXPECT_TRUE(covered(scopes, "image.pull", "team"));
    for (const auto* other : {"teams/app", "tea/app", "other/team", "", "/team", "*"})
        EXPECT_FALSE(covered(scopes, "image.pull", other)) << other;
    EXPECT_FALSE(covered(scopes, "image.push", "team/app"));
    EXPECT_TRUE(covered(on("*", {"image.pull"}), "image.pull", "other/app"));
}

TEST(ScopesCover, OneRepositoryOfRegistryTokens) {
    Scopes scopes{{.project = {}, .repository = "team/app", .permissions = {"image.pull"}}};
    EXPECT_TRUE(covered(scopes, "image.pull", "team/app"));
    EXPECT_FALSE(covered(scopes, "image.pull", "team/app2"));
    EXPECT_FALSE(covered(scopes, "image.pull", "team"));
    EXPECT_FALSE(covered(scopes, "image.pull", ""));
}

TEST(ScopesCover, WhatIsOfNoProjectByItsNameAlone) {
    EXPECT_TRUE(covered(on("team", {"operation.read"}), "operation.read", ""));
    EXPECT_FALSE(covered(on("*", {"image.pull"}), "operation.read", ""));
    EXPECT_FALSE(covered({}, "operation.read", ""));
}

TEST(CallerOfARequest, IsAnonymousUntilTheAccessCheckFoundSomebody) {
    http::Request request;
    request.remote_address = "10.0.0.1";
    request.request_id = "r7";
    EXPECT_EQ(caller_of(request).kind, Caller::Kind::anonymous);
    EXPECT_EQ(actor_of(request).name, "anonymous");
    set_caller(request, std::make_shared<const Caller>(
                            Caller{.kind = Caller::Kind::user, .name = "alice", .admin = true, .via = "password"}));
    EXPECT_EQ(caller_of(request).name, "alice");
    EXPECT_EQ(request.principal.name, "alice");
    EXPECT_TRUE(request.principal.admin);
    auto actor = actor_of(request);
    EXPECT_EQ(actor.name, "alice");
    EXPECT_EQ(actor.via, "password");
    EXPECT_EQ(actor.address, "10.0.0.1");
    EXPECT_EQ(actor.request_id, "r7");
}

TEST(ProjectOfARepository, IsWhatStandsBeforeTheFirstSlash) {
    EXPECT_EQ(project_of("team/app/x"), "team");
    EXPECT_EQ(project_of("app"), "app");
    EXPECT_EQ(project_of(""), "");
}

} // namespace
} // namespace cang::identity
