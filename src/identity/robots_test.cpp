#include "identity/robots.hpp"

#include "identity/identity_fixture.hpp"

namespace cang::identity {
namespace {

RobotSettings settings_of(std::string project, std::vector<std::string> permissions = {"image.pull"}) {
    return {.scopes = {{.project = std::move(project), .repository = {}, .permissions = std::move(permissions)}}};
}

class RobotsTest : public IdentityFixture {
protected:
    RobotsTest() {
        add_project(database, "team");
        add_project(database, "other");
    }
    NewRobot create(const std::string& project, RobotSettings settings) {
        return run(identity->robots.create(project, "ci", std::move(settings), kTester));
    }
    std::string create_failure(const std::string& project, RobotSettings settings) {
        auto [kind, message] = failure(identity->robots.create(project, "ci", std::move(settings), kTester));
        EXPECT_EQ(kind, ErrorKind::invalid_argument);
        return message;
    }
    // Whether the secret opens something now.
    CallerPtr sign_in(const std::string& name, const Secret& secret) {
        return run(identity->authenticator.sign_in({.user = name, .secret = secret, .address = "10.0.0.1"}));
    }
};

TEST_F(RobotsTest, GetASecretThatIsShownOnce) {
    auto made = create("team", settings_of("team"));
    EXPECT_EQ(made.robot.name, "robot$team+ci");
    EXPECT_TRUE(made.secret.reveal().starts_with("cang_robot_"));
    EXPECT_EQ(made.secret.reveal().size(), 11U + 40U);
    EXPECT_EQ(made.robot.secret_hash, hash_of_secret(made.secret));
    EXPECT_EQ(create("", settings_of("*")).robot.name, "robot$ci");
    auto event = audit("robot.create").back();
    EXPECT_EQ(event.project, "team");
    EXPECT_EQ(event.after, R"({"name":"robot$team+ci","description":"","disabled":false,)"
                           R"("scopes":[{"project":"team","permissions":["image.pull"]}]})");
    EXPECT_EQ(failure(identity->robots.create("team", "ci", settings_of("team"), kTester)),
              std::pair(ErrorKind::already_exists, std::string("there is a robot robot$team+ci already")));
    EXPECT_EQ(failure(identity->robots.create("nothing", "ci", settings_of("nothing"), kTester)).first,
              ErrorKind::not_found);
    EXPECT_EQ(failure(identity->robots.create("team", "a+b", settings_of("team"), kTester)).first,
              ErrorKind::invalid_argument);
}

TEST_F(RobotsTest, OfAProjectHaveScopesInItOnly) {
    EXPECT_EQ(create_failure("team", settings_of("other")), "scopes: a robot of team has scopes in team only");
    EXPECT_EQ(create_failure("team", settings_of("*")), "scopes: a robot of team has scopes in team only");
    EXPECT_EQ(create_failure("team", settings_of("team", {"user.manage"})),
              "scopes: user.manage is no permission of a project");
    EXPECT_EQ(create_failure("team", {}), "scopes: a robot without any could do nothing");
    auto made = create("team", settings_of("team"));
    EXPECT_EQ(failure(identity->robots.update("team", made.robot.id, settings_of("other"), kTester)).second,
              "scopes: a robot of team has scopes in team only");
}

TEST_F(RobotsTest, EndByTheirTime) {
    auto settings = settings_of("team");
    settings.expires_at = clock.now();
    EXPECT_EQ(create_failure("team", settings), "expiresAt: is in the past");
    settings.expires_at = clock.now() + std::chrono::minutes(1);
    auto made = create("team", settings);
    EXPECT_TRUE(sign_in(made.robot.name, made.secret));
    clock.advance(std::chrono::minutes(1));
    EXPECT_FALSE(sign_in(made.robot.name, made.secret));
}

TEST_F(RobotsTest, LoseTheOldSecretWithANewOne) {
    auto made = create("team", settings_of("team"));
    auto renewed = run(identity->robots.renew_secret("team", made.robot.id, kTester));
    EXPECT_FALSE(sign_in(made.robot.name, made.secret));
    EXPECT_TRUE(sign_in(made.robot.name, renewed.secret));
    EXPECT_EQ(audited("robot.secret").resource, "robot$team+ci");
}

TEST_F(RobotsTest, StopWhenDisabledOrRemoved) {
    auto made = create("team", settings_of("team"));
    auto settings = settings_of("team", {"image.pull", "image.push"});
    settings.disabled = true;
    run(identity->robots.update("team", made.robot.id, settings, kTester));
    EXPECT_FALSE(sign_in(made.robot.name, made.secret));
    settings.disabled = false;
    run(identity->robots.update("team", made.robot.id, settings, kTester));
    auto caller = sign_in(made.robot.name, made.secret);
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->scopes, settings.scopes);
    EXPECT_TRUE(caller->by_scopes_only);
    EXPECT_EQ(audit("robot.update").size(), 2U);
    run(identity->robots.remove("team", made.robot.id, kTester));
    EXPECT_FALSE(sign_in(made.robot.name, made.secret));
    EXPECT_EQ(audited("robot.delete").resource, "robot$team+ci");
}

// What administrators of one project could do to the robots of another, or to the server's.
TEST_F(RobotsTest, AreReachedThroughTheirOwnProjectOnly) {
    auto id = create("team", settings_of("team")).robot.id;
    auto servers = create("", settings_of("*")).robot.id;
    for (const auto& [project, robot] :
         {std::pair("other", id), {"", id}, {"team", servers}, {"other", std::string("nothing")}}) {
        auto none = std::pair(ErrorKind::not_found, "there is no robot " + robot);
        EXPECT_EQ(failure(identity->robots.get(project, robot)), none) << project;
        EXPECT_EQ(failure(identity->robots.renew_secret(project, robot, kTester)), none) << project;
        EXPECT_EQ(failure(identity->robots.remove(project, robot, kTester)), none) << project;
        auto settings = settings_of(*project == '\0' ? "*" : project);
        EXPECT_EQ(failure(identity->robots.update(project, robot, settings, kTester)), none) << project;
    }
    EXPECT_EQ(run(identity->robots.list("team")).size(), 1U);
    EXPECT_EQ(run(identity->robots.list("")).size(), 1U);
    EXPECT_TRUE(run(identity->robots.list("other")).empty());
}

} // namespace
} // namespace cang::identity
