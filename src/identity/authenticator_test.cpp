#include "identity/authenticator.hpp"

#include "identity/identity_fixture.hpp"

namespace cang::identity {
namespace {

class AuthenticatorTest : public IdentityFixture {
protected:
    CallerPtr sign_in(const std::string& user, const std::string& secret, const std::string& address = "10.0.0.1") {
        return run(identity->authenticator.sign_in(
            {.user = user, .secret = Secret(secret), .address = address, .request_id = "r1"}));
    }
    std::pair<ErrorKind, std::string> refused(const std::string& user, const std::string& secret,
                                              const std::string& address = "10.0.0.1") {
        return failure(identity->authenticator.sign_in({.user = user, .secret = Secret(secret), .address = address}));
    }
    // Wrong passwords for the account, from addresses that none is blocked.
    void fail_from_everywhere(const std::string& user, int times) {
        for (int i = 0; i < times; ++i)
            EXPECT_FALSE(sign_in(user, "wrong", "10.1.0." + std::to_string(i)));
    }
    NewRobot add_robot() {
        return run(identity->robots.create(
            "", "ci", {.scopes = {{.project = "*", .repository = {}, .permissions = {"image.pull"}}}}, kTester));
    }
    User alice = add_user(database, "alice", true);
};

TEST_F(AuthenticatorTest, APasswordTellsWhoSomebodyIs) {
    auto caller = sign_in("alice", kKnownPassword);
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->kind, Caller::Kind::user);
    EXPECT_EQ(caller->name, "alice");
    EXPECT_EQ(caller->via, "password");
    EXPECT_TRUE(caller->admin);
    EXPECT_FALSE(caller->scopes);
    auto event = audited("sign-in");
    EXPECT_EQ(event.result, "ok");
    EXPECT_EQ(event.actor.name, "alice");
    EXPECT_EQ(event.actor.via, "password");
    EXPECT_EQ(event.actor.address, "10.0.0.1");
    EXPECT_EQ(event.actor.request_id, "r1");
    EXPECT_TRUE(sign_in("alice", kKnownPassword));
    EXPECT_EQ(audit("sign-in").size(), 1U) << "what is remembered is not written down every time";
}

// Nobody learns whether there is such a user, or why not.
TEST_F(AuthenticatorTest, AnswersTheSameToEverythingWrong) {
    auto disabled = add_user(database, "disabled");
    run(identity->users.update(disabled.id, {.disabled = true}, kTester));
    run(identity->users.create({.name = "elsewhere"}, kTester));
    for (const auto& [user, secret] : {std::pair("alice", "wrong"),
                                       {"nobody", kKnownPassword},
                                       {"", kKnownPassword},
                                       {"disabled", kKnownPassword},
                                       {"elsewhere", ""},
                                       {"ALICE", kKnownPassword}})
        EXPECT_FALSE(sign_in(user, secret)) << user;
    auto events = audit("sign-in");
    EXPECT_EQ(events.size(), 6U);
    for (const auto& event : events) {
        EXPECT_EQ(event.result, "denied");
        EXPECT_EQ(event.message, "the name or the secret is wrong");
    }
}

TEST_F(AuthenticatorTest, BlocksAnAddressThatGuesses) {
    for (int i = 0; i < LoginLimiter::max_failures; ++i)
        EXPECT_FALSE(sign_in("nobody" + std::to_string(i), "wrong"));
    EXPECT_EQ(refused("alice", kKnownPassword),
              std::pair(ErrorKind::rate_limited, std::string("too many failed sign-ins from this address")));
    EXPECT_TRUE(sign_in("alice", kKnownPassword, "10.0.0.2"));
    EXPECT_TRUE(sign_in("alice", kKnownPassword)) << "who was let in before stays";
    clock.advance(LoginLimiter::window);
    EXPECT_FALSE(sign_in("alice", "wrong"));
}

TEST_F(AuthenticatorTest, BlocksAnAccountThatIsGuessedAtFromEverywhere) {
    fail_from_everywhere("alice", LoginLimiter::max_account_failures);
    EXPECT_EQ(refused("alice", kKnownPassword, "10.2.0.1"),
              std::pair(ErrorKind::rate_limited, std::string("too many failed sign-ins to this account")));
    EXPECT_FALSE(sign_in("bob", "wrong", "10.2.0.1")) << "others go on";
    clock.advance(LoginLimiter::window);
    EXPECT_TRUE(sign_in("alice", kKnownPassword, "10.2.0.1"));
}

// What is made up can't be guessed, so a stranger must not be able to lock it out.
TEST_F(AuthenticatorTest, WhoGuessesAtAnAccountStopsNoTokensAndRobots) {
    auto token = run(identity->tokens.create(alice.row, "ci", {}, {}, kTester)).secret.reveal();
    auto robot = add_robot();
    fail_from_everywhere("alice", LoginLimiter::max_account_failures);
    for (int i = 0; i < LoginLimiter::max_account_failures; ++i) {
        EXPECT_FALSE(sign_in("robot$ci", "cang_robot_wrong", "10.3.0." + std::to_string(i)));
        EXPECT_FALSE(run(identity->authenticator.find_bearer(
            {.secret = Secret("cang_pat_wrong"), .address = "10.4.0." + std::to_string(i)})));
    }
    EXPECT_TRUE(sign_in("alice", token));
    EXPECT_TRUE(sign_in("robot$ci", robot.secret.reveal()));
    EXPECT_TRUE(run(identity->authenticator.find_bearer({.secret = Secret(token), .address = "10.0.0.1"})));
}

TEST_F(AuthenticatorTest, BlocksAnAddressThatGuessesSecrets) {
    for (int i = 0; i < LoginLimiter::max_failures; ++i)
        EXPECT_FALSE(sign_in("", "cang_pat_" + std::to_string(i)));
    EXPECT_EQ(refused("alice", "cang_pat_x").first, ErrorKind::rate_limited);
    EXPECT_EQ(refused("alice", kKnownPassword).first, ErrorKind::rate_limited);
    auto token = run(identity->tokens.create(alice.row, "ci", {}, {}, kTester)).secret.reveal();
    EXPECT_TRUE(sign_in("alice", token)) << "who has the right one is behind that address, too";
}

TEST_F(AuthenticatorTest, ASecretGoesWithItsNameOnly) {
    add_user(database, "bob");
    auto token = run(identity->tokens.create(alice.row, "ci", {}, {}, kTester)).secret.reveal();
    EXPECT_EQ(sign_in("alice", token)->via, "token ci");
    EXPECT_FALSE(sign_in("bob", token));
    auto secret = add_robot().secret.reveal();
    EXPECT_EQ(sign_in("robot$ci", secret)->name, "robot$ci");
    for (const auto* name : {"ci", "robot$", "robot$other", "alice"})
        EXPECT_FALSE(sign_in(name, secret)) << name;
    EXPECT_FALSE(sign_in("robot$ci", token));
    EXPECT_EQ(run(identity->authenticator.find_bearer({.secret = Secret(secret), .address = "10.0.0.1"}))->name,
              "robot$ci");
}

TEST_F(AuthenticatorTest, WritesDownTheUseOfASecretNowAndThen) {
    auto made = run(identity->tokens.create(alice.row, "ci", {}, {}, kTester));
    auto last_used = [&] { return run(identity->tokens.list(alice.row)).front().last_used_at; };
    EXPECT_FALSE(last_used());
    auto first = clock.now();
    EXPECT_TRUE(sign_in("alice", made.secret.reveal()));
    EXPECT_EQ(last_used(), first);
    clock.advance(std::chrono::minutes(9));
    EXPECT_TRUE(sign_in("alice", made.secret.reveal()));
    EXPECT_EQ(last_used(), first);
    clock.advance(std::chrono::minutes(1));
    EXPECT_TRUE(sign_in("alice", made.secret.reveal()));
    EXPECT_EQ(last_used(), clock.now());
    EXPECT_EQ(audit("sign-in").size(), 2U);
}

TEST_F(AuthenticatorTest, KnowsASecretByItsBeginning) {
    EXPECT_TRUE(Authenticator::is_secret("cang_pat_x"));
    EXPECT_TRUE(Authenticator::is_secret("cang_robot_x"));
    for (const auto* text : {"", "cang_", "cang_pat", " cang_pat_x", "CANG_PAT_x"})
        EXPECT_FALSE(Authenticator::is_secret(text)) << text;
}

// Whatever is done, no secret of it can be read in the audit log.
TEST_F(AuthenticatorTest, LeavesNoSecretInTheAuditLog) {
    std::vector<std::string> secrets{kKnownPassword, "a wrong password", "another password"};
    auto token = run(identity->tokens.create(alice.row, "ci", {}, {}, kTester));
    auto robot = add_robot();
    auto renewed = run(identity->robots.renew_secret("", robot.robot.id, kTester));
    for (const auto& secret : {token.secret, robot.secret, renewed.secret})
        secrets.push_back(secret.reveal());
    sign_in("alice", kKnownPassword);
    sign_in("alice", "a wrong password");
    sign_in("alice", token.secret.reveal());
    sign_in("robot$ci", renewed.secret.reveal());
    sign_in("robot$ci", robot.secret.reveal());
    run(identity->users.set_password(alice.id, Secret("another password"), "", kTester));
    run(identity->users.create({.name = "bob", .password = Secret("another password")}, kTester));
    for (const auto& row : {alice.password_hash, token.token.token_hash, robot.robot.secret_hash})
        secrets.push_back(row);
    auto session = run(identity->sessions.open(alice, "browser", std::chrono::hours(1), "", kTester));
    secrets.push_back(session.id);
    auto events = audit();
    EXPECT_GE(events.size(), 10U);
    for (const auto& event : events) {
        auto text = event.actor.name + event.actor.via + event.resource + event.message + event.before + event.after;
        for (const auto& secret : secrets)
            EXPECT_EQ(text.find(secret), std::string::npos) << event.action << ": " << text;
        EXPECT_EQ(text.find("argon2"), std::string::npos) << event.action;
    }
}

} // namespace
} // namespace cang::identity
