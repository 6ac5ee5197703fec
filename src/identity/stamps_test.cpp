// What was issued is void at once when what vouched for it has changed.
#include "identity/identity_fixture.hpp"

namespace cang::identity {
namespace {

class StampsTest : public IdentityFixture {
protected:
    // As a registry checks: from memory, and from the database when that does not know.
    bool holds(const std::string& whose, const std::string& stamp) {
        if (identity->stamps.is_current(whose, stamp))
            return true;
        auto current = run(identity->stamps.current(whose));
        return current && *current == stamp;
    }
    std::string stamp(const std::string& whose) { return run(identity->stamps.current(whose)).value_or("none"); }
    User root = add_user(database, "root", true);
    User alice = add_user(database, "alice");
    std::string credential = user_credential(alice.row);
};

TEST_F(StampsTest, AreRememberedUntilSomethingChanges) {
    EXPECT_FALSE(identity->stamps.is_current(credential, "0.0")) << "nobody has asked yet";
    EXPECT_EQ(stamp(credential), "0.0");
    EXPECT_TRUE(identity->stamps.is_current(credential, "0.0"));
    EXPECT_FALSE(identity->stamps.is_current(credential, "0.1"));
    identity->stamps.changed();
    EXPECT_FALSE(identity->stamps.is_current(credential, "0.0"));
    EXPECT_TRUE(holds(credential, "0.0")) << "it was something else";
}

TEST_F(StampsTest, OfAPersonEndWithEveryChangeOfWhatTheyAre) {
    add_project(database, "team");
    auto ended = [this](const char* what, auto change) {
        auto before = stamp(credential);
        EXPECT_TRUE(holds(credential, before));
        change();
        EXPECT_FALSE(holds(credential, before)) << what;
    };
    ended("password", [&] { run(identity->users.set_password(alice.id, Secret("long enough"), "", kTester)); });
    ended("administrator", [&] { run(identity->users.update(alice.id, {.admin = true}, kTester)); });
    ended("no longer", [&] { run(identity->users.update(alice.id, {.admin = false}, kTester)); });
    ended("member", [&] { run(identity->projects.put_member("team", alice.id, Role::viewer, kTester)); });
    ended("other role", [&] { run(identity->projects.put_member("team", alice.id, Role::admin, kTester)); });
    ended("no member", [&] { run(identity->projects.remove_member("team", alice.id, kTester)); });
    ended("disabled", [&] { run(identity->users.update(alice.id, {.disabled = true}, kTester)); });
    EXPECT_EQ(stamp(credential), "none");
    run(identity->users.update(alice.id, {.disabled = false}, kTester));
    ended("removed", [&] { run(identity->users.remove(alice.id, kTester)); });
}

TEST_F(StampsTest, OfAPersonStayWithANewName) {
    auto before = stamp(credential);
    run(identity->users.update(alice.id, {.display_name = "Alice", .email = "a@example"}, kTester));
    EXPECT_TRUE(holds(credential, before));
}

TEST_F(StampsTest, OfATokenEndWithItAndWithItsPerson) {
    auto token = run(identity->tokens.create(alice.row, "ci", {}, {}, kTester));
    auto of_token = token_credential(token.token.row);
    auto before = stamp(of_token);
    run(identity->tokens.remove(alice.row, token.token.id, kTester));
    EXPECT_FALSE(holds(of_token, before));
    auto second = token_credential(run(identity->tokens.create(alice.row, "ci", {}, {}, kTester)).token.row);
    before = stamp(second);
    run(identity->users.update(alice.id, {.disabled = true}, kTester));
    EXPECT_FALSE(holds(second, before));
}

// SQLite gives the row of what was removed to what comes next.
TEST_F(StampsTest, OfWhatIsGoneAreNotThoseOfWhatComesNext) {
    auto first = run(identity->tokens.create(alice.row, "ci", {}, {}, kTester)).token;
    auto before = stamp(token_credential(first.row));
    run(identity->tokens.remove(alice.row, first.id, kTester));
    auto second = run(identity->tokens.create(alice.row, "ci", {}, {}, kTester)).token;
    EXPECT_NE(stamp(token_credential(second.row)), before);

    auto bob = run(identity->users.create({.name = "bob"}, kTester));
    before = stamp(user_credential(bob.row));
    run(identity->users.remove(bob.id, kTester));
    clock.advance(std::chrono::milliseconds(1));
    auto carol = run(identity->users.create({.name = "carol"}, kTester));
    EXPECT_NE(stamp(user_credential(carol.row)), before);
}

TEST_F(StampsTest, OfARobotEndWithItsSecretItsScopesAndItself) {
    RobotSettings settings{.scopes = {{.project = "*", .repository = {}, .permissions = {"image.pull"}}}};
    auto robot = run(identity->robots.create("", "ci", settings, kTester)).robot;
    auto of_robot = robot_credential(robot.row);
    auto ended = [&](const char* what, auto change) {
        auto before = stamp(of_robot);
        EXPECT_TRUE(holds(of_robot, before));
        change();
        EXPECT_FALSE(holds(of_robot, before)) << what;
    };
    ended("secret", [&] { run(identity->robots.renew_secret("", robot.id, kTester)); });
    settings.scopes.front().permissions.emplace_back("image.push");
    ended("scopes", [&] { run(identity->robots.update("", robot.id, settings, kTester)); });
    settings.disabled = true;
    ended("disabled", [&] { run(identity->robots.update("", robot.id, settings, kTester)); });
    settings.disabled = false;
    run(identity->robots.update("", robot.id, settings, kTester));
    ended("removed", [&] { run(identity->robots.remove("", robot.id, kTester)); });
}

TEST_F(StampsTest, OfWhatIsNoCredentialAreNone) {
    for (const auto* text : {"", "user", "user:", "user:x", "user:999", "robot:1", "token:1", "nobody:1", ":1",
                             "user:99999999999999999999"})
        EXPECT_EQ(stamp(text), "none") << text;
}

} // namespace
} // namespace cang::identity
