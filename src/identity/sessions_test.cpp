#include "identity/sessions.hpp"

#include "identity/identity_fixture.hpp"

namespace cang::identity {
namespace {

class SessionsTest : public IdentityFixture {
protected:
    Session open(const std::string& agent = "Firefox") {
        return run(identity->sessions.open(alice, "browser", std::chrono::hours(1), agent, kTester));
    }
    bool lives(const std::string& id) { return run(identity->sessions.find(id)) != nullptr; }
    User alice = add_user(database, "alice");
    User bob = add_user(database, "bob");
};

TEST_F(SessionsTest, EachHasAnIdThatNobodyKnewBefore) {
    auto first = open();
    auto second = open();
    EXPECT_EQ(first.id.size(), 32U);
    EXPECT_NE(first.id, second.id);
    auto caller = run(identity->sessions.find(first.id));
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->name, "alice");
    EXPECT_EQ(caller->via, "session");
    EXPECT_EQ(caller->session, first.id);
    EXPECT_EQ(caller->credential, user_credential(alice.row));
    EXPECT_FALSE(lives(""));
    EXPECT_FALSE(lives("planted"));
}

TEST_F(SessionsTest, TellWhereTheyAre) {
    auto made = open("Fire\nfox" + std::string(1'000, 'x'));
    EXPECT_EQ(made.address, "10.0.0.9");
    EXPECT_TRUE(made.user_agent.starts_with("Firefoxx")) << made.user_agent;
    EXPECT_LE(made.user_agent.size(), 255U);
    EXPECT_EQ(run(identity->sessions.list(alice.row)).size(), 1U);
    EXPECT_TRUE(run(identity->sessions.list(bob.row)).empty());
    EXPECT_EQ(run(identity->users.get(alice.id)).last_login_at, clock.now());
    EXPECT_EQ(audited("session.create").resource, "user alice");
}

TEST_F(SessionsTest, EndByTheirTime) {
    auto made = open();
    clock.advance(std::chrono::hours(1) - std::chrono::milliseconds(1));
    EXPECT_TRUE(lives(made.id));
    clock.advance(std::chrono::milliseconds(1));
    EXPECT_FALSE(lives(made.id));
    EXPECT_TRUE(run(identity->sessions.list(alice.row)).empty());
    auto fresh = open();
    run(identity->sessions.remove_expired());
    EXPECT_TRUE(lives(fresh.id));
    EXPECT_FALSE(run(identity->sessions.end(alice.row, made.id, kTester))) << "its row has gone";
}

TEST_F(SessionsTest, AreEndedByTheirOwnerOnly) {
    auto made = open();
    EXPECT_FALSE(run(identity->sessions.end(bob.row, made.id, kTester)));
    EXPECT_TRUE(lives(made.id));
    EXPECT_TRUE(run(identity->sessions.end(alice.row, made.id, kTester)));
    EXPECT_FALSE(lives(made.id));
    EXPECT_FALSE(run(identity->sessions.end(alice.row, made.id, kTester)));
    audited("session.delete");
}

} // namespace
} // namespace cang::identity
