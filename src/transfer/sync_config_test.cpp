#include "transfer/sync_config.hpp"

#include <gtest/gtest.h>

namespace cang::transfer {
namespace {

std::string error_of(std::string_view text) {
    auto config = parse_sync_config(text);
    return config ? "accepted" : config.error().reason;
}

std::string rule(std::string_view body) { return "sync:\n  - " + std::string(body); }

TEST(SyncConfig, ReadsEverything) {
    auto config = parse_sync_config(R"(
registries:
  registry.example.com:5000: {tls-verify: false, user: robot, password-file: /run/secrets/robot}
sync:
  - source: docker://registry.example.com:5000/library/nginx
    target: mirror
    tags: ["1.25", {glob: "1.*"}, {regex: '^\d+$'}, {semver: ">=1.2 <2"}]
    exclude-tags: ["*-rc*"]
    newest: 5
    platforms: [linux/amd64, arm64]
    referrers: true
  - source: docker://registry.example.com:5000
    repositories: [{glob: "team/**"}]
    target: docker://other.example.com/copies
  - source: app
    as: docker://other.example.com/renamed
)");
    ASSERT_TRUE(config) << config.error().to_string();
    ASSERT_EQ(config->rules.size(), 3U);
    EXPECT_EQ(config->registries.at("registry.example.com:5000").tls_verify, false);
    EXPECT_EQ(config->registries.at("registry.example.com:5000").user, "robot");
    const auto& first = config->rules[0];
    EXPECT_EQ(first.source_repository, "library/nginx");
    EXPECT_EQ(first.newest, 5U);
    EXPECT_EQ(first.platforms.size(), 2U);
    EXPECT_TRUE(first.referrers);
    EXPECT_TRUE(first.tags.matches("1.25"));
    EXPECT_FALSE(first.tags.matches("1.25-rc1"));
    EXPECT_EQ(sync_target(first, "library/nginx", "1.25").to_string(), "mirror/library/nginx:1.25");
    EXPECT_EQ(sync_target(config->rules[1], "team/a/b", "v1").to_string(),
              "docker://other.example.com/copies/team/a/b:v1");
    EXPECT_EQ(config->rules[2].source_registry, "");
    EXPECT_EQ(sync_target(config->rules[2], "app", "v1").to_string(), "docker://other.example.com/renamed:v1");
}

TEST(SyncConfig, ASlashMeansNoPrefix) {
    auto config = parse_sync_config(rule("{source: docker://host.example/app, target: /}"));
    ASSERT_TRUE(config) << config.error().reason;
    EXPECT_EQ(sync_target(config->rules[0], "app", "v1").to_string(), "app:v1");
}

TEST(SyncConfig, NamesTheValueThatIsWrong) {
    EXPECT_EQ(error_of("[]"), "the file is not a mapping");
    EXPECT_EQ(error_of("sync: 1"), "sync is missing or not a list");
    EXPECT_EQ(error_of("registries: {}"), "sync is missing or not a list");
    EXPECT_EQ(error_of(rule("{target: x}")), "sync[0] has no source");
    EXPECT_EQ(error_of(rule("{source: docker://h.example/app}")),
              "sync[0] needs one of target (a prefix) and as (a repository)");
    EXPECT_EQ(error_of(rule("{source: docker://h.example/app, target: x, tag: [v1]}")),
              "sync[0] has the unknown key \"tag\"");
    EXPECT_EQ(error_of(rule("{source: docker://h.example/app:v1, target: x}")),
              "sync[0].source has a tag; choose tags with tags");
    EXPECT_EQ(error_of(rule("{source: docker://h.example, target: x}")),
              "sync[0] names a whole registry; choose with repositories");
    EXPECT_EQ(error_of(rule("{source: docker://h.example, repositories: ['*'], as: x}")),
              "sync[0].as fits one repository only; use target");
    EXPECT_EQ(error_of(rule("{source: docker://h.example/app, target: X}")), "sync[0].target is not a repository name");
    EXPECT_EQ(error_of(rule("{source: docker://h.example/app, target: x, tags: v1}")), "sync[0].tags is not a list");
    EXPECT_EQ(error_of(rule("{source: docker://h.example/app, target: x, tags: [{regex: '('}]}")),
              "sync[0].tags[0] \"(\" is not a regular expression");
    EXPECT_EQ(error_of(rule("{source: docker://h.example/app, target: x, tags: [{like: x}]}")),
              "sync[0].tags[0] has the unknown pattern kind \"like\"; glob, regex and semver exist");
    EXPECT_EQ(error_of(rule("{source: docker://h.example/app, target: x, newest: -1}")),
              "sync[0].newest is not a positive number");
    EXPECT_EQ(error_of("registries: {h.example: {user: x}}\n" + rule("{source: docker://h.example/app, target: x}")),
              "registries.h.example needs user and password-file together");
}

TEST(SyncConfig, IsBounded) {
    EXPECT_EQ(error_of(std::string(SyncConfig::max_bytes + 1, ' ')), "larger than 1048576 bytes");
    std::string deep = "sync: " + std::string(40, '[') + std::string(40, ']');
    EXPECT_EQ(error_of(deep), "line 1: nested deeper than 16");
    std::string aliases = "sync: [&a x";
    for (int i = 0; i < 100; ++i)
        aliases += ", *a";
    EXPECT_EQ(error_of(aliases + "]"), "line 1: more than 64 aliases");
    std::string many = "sync: [";
    for (int i = 0; i < 60'000; ++i)
        many += "1,";
    EXPECT_EQ(error_of(many + "]"), "line 1: more than 50000 values");
    EXPECT_TRUE(error_of("sync: [").starts_with("line 1: ")) << error_of("sync: [");
}

} // namespace
} // namespace cang::transfer
