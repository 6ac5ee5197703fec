#include "registry/auth/scope.hpp"

#include <gtest/gtest.h>

namespace cang::registry::auth {
namespace {

using Strings = std::vector<std::string>;

TEST(ScopeParse, ReadsRepositoryAndCatalog) {
    auto scope = parse_scope("repository:library/nginx:pull,push");
    ASSERT_TRUE(scope);
    EXPECT_EQ(scope->type, "repository");
    EXPECT_EQ(scope->name, "library/nginx");
    EXPECT_EQ(scope->actions, (Strings{"pull", "push"}));
    EXPECT_EQ(to_string(*scope), "repository:library/nginx:pull,push");
    EXPECT_TRUE(parse_scope("registry:catalog:*"));
}

TEST(ScopeParse, LeavesOutWhatItDoesNotKnow) {
    EXPECT_EQ(parse_scope("repository:app:pull,fly,pull")->actions, (Strings{"pull"}));
    for (const auto* text : {"", "repository", "repository:app", "repository:App:pull", "repository:../app:pull",
                             "repository:app:", "repository:app:fly", "registry:users:*", "cluster:app:pull"})
        EXPECT_FALSE(parse_scope(text)) << text;
}

TEST(ScopeParse, TakesManyInOneValueWithinABound) {
    EXPECT_EQ(parse_scopes({"repository:a:pull repository:b:push", "repository:c:delete"}).size(), 3U);
    Strings many(200, "repository:a:pull");
    EXPECT_EQ(parse_scopes(many).size(), kMaxScopes);
}

TEST(ScopeCovers, WantsEveryAction) {
    std::vector<Scope> granted{{.type = "repository", .name = "a", .actions = {"pull"}},
                               {.type = "repository", .name = "b", .actions = {"*"}}};
    EXPECT_TRUE(covers(granted, {.type = "repository", .name = "a", .actions = {"pull"}}));
    EXPECT_FALSE(covers(granted, {.type = "repository", .name = "a", .actions = {"pull", "push"}}));
    EXPECT_TRUE(covers(granted, {.type = "repository", .name = "b", .actions = {"pull", "push", "delete"}}));
    EXPECT_FALSE(covers(granted, {.type = "repository", .name = "c", .actions = {"pull"}}));
    EXPECT_FALSE(covers(granted, {.type = "registry", .name = "a", .actions = {"pull"}}));
}

} // namespace
} // namespace cang::registry::auth
