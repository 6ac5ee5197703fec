#include "api/v1/api_fixture.hpp"

namespace cang::api::v1 {
namespace {

class SyncRoutes : public ApiFixture {
protected:
    SyncRoutes() { add_routes(router, api); }

    registry::Reply sync(std::string_view config, bool dry_run = false) {
        return post_json("/api/v1/syncs", boost::json::object{{"config", config}, {"dryRun", dry_run}});
    }
};

constexpr std::string_view kMirror = "sync:\n- source: team/app\n  target: mirror\n";

TEST_F(SyncRoutes, CopyWhatTheConfigurationChooses) {
    push_image("team/app", "v1", "one");
    push_image("team/app", "v2", "two");
    auto planned = wait_for(sync(kMirror, true));
    EXPECT_EQ(planned.at("title").as_string(), "Compare team/app");
    EXPECT_EQ(planned.at("result").at("items").at(0).at("action").as_string(), "copy");
    EXPECT_EQ(get("/v2/mirror/team/app/tags/list").status, 404);
    auto ended = wait_for(sync(kMirror));
    EXPECT_EQ(ended.at("title").as_string(), "Sync team/app");
    EXPECT_EQ(ended.at("result").at("copied").as_int64(), 2);
    EXPECT_EQ(get("/v2/mirror/team/app/manifests/v2").status, 200);
    auto again = wait_for(sync(kMirror));
    EXPECT_EQ(again.at("result").at("unchanged").as_int64(), 2);
}

TEST_F(SyncRoutes, FailWhenAnImageFailedThoughTheOthersWereCopied) {
    push_image("team/app", "v1", "one");
    auto ended = wait_for(sync("sync:\n- source: team/app\n  tags: [v1, v9]\n  target: mirror\n"));
    EXPECT_EQ(ended.at("state").as_string(), "failed");
    EXPECT_EQ(ended.at("error").at("message").as_string(),
              "1 of 2 failed, 1 copied, 0 unchanged; the first: team/app:v9 does not exist in the source");
    EXPECT_EQ(get("/v2/mirror/team/app/manifests/v1").status, 200);
}

TEST_F(SyncRoutes, RefuseConfigurationsThatAreNone) {
    EXPECT_NE(sync("sync: 1").body.find("config: "), std::string::npos);
    auto secret =
        sync("registries:\n  r.example.com: {user: robot, password-file: /run/secret}\n" + std::string(kMirror));
    EXPECT_EQ(secret.status, 400);
    EXPECT_NE(secret.body.find("the server signs in as its stored registries say"), std::string::npos);
    EXPECT_EQ(post_json("/api/v1/syncs", boost::json::object()).status, 400);
}

} // namespace
} // namespace cang::api::v1
