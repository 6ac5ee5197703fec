#include "identity/api_tokens.hpp"

#include "identity/identity_fixture.hpp"

namespace cang::identity {
namespace {

class ApiTokensTest : public IdentityFixture {
protected:
    NewApiToken create(Scopes scopes = {}, std::optional<Timestamp> expires = {}) {
        return run(identity->tokens.create(alice.row, "ci", std::move(scopes), expires, kTester));
    }
    CallerPtr bearer(const Secret& secret) {
        return run(identity->authenticator.find_bearer({.secret = secret, .address = "10.0.0.1"}));
    }
    User alice = add_user(database, "alice");
    User bob = add_user(database, "bob");
};

TEST_F(ApiTokensTest, AreShownOnceAndStoredAsAHash) {
    auto made = create();
    EXPECT_TRUE(made.secret.reveal().starts_with("cang_pat_"));
    EXPECT_EQ(made.secret.reveal().size(), 9U + 40U);
    EXPECT_EQ(made.token.token_hash, hash_of_secret(made.secret));
    EXPECT_NE(create().secret.reveal(), made.secret.reveal());
    EXPECT_EQ(audit("token.create").back().after, R"({"name":"ci"})");
    EXPECT_EQ(run(identity->tokens.list(alice.row)).size(), 2U);
    EXPECT_TRUE(run(identity->tokens.list(bob.row)).empty());
}

TEST_F(ApiTokensTest, SpeakForTheirPersonWithinTheirScopes) {
    auto caller = bearer(create().secret);
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->name, "alice");
    EXPECT_EQ(caller->via, "token ci");
    EXPECT_FALSE(caller->scopes);
    EXPECT_FALSE(caller->by_scopes_only);
    Scopes scopes{{.project = "team", .repository = {}, .permissions = {"image.pull"}}};
    EXPECT_EQ(bearer(create(scopes).secret)->scopes, scopes);
}

TEST_F(ApiTokensTest, EndByTheirTime) {
    EXPECT_EQ(failure(identity->tokens.create(alice.row, "ci", {}, clock.now(), kTester)),
              std::pair(ErrorKind::invalid_argument, std::string("expiresAt: is in the past")));
    auto made = create({}, clock.now() + std::chrono::minutes(1));
    EXPECT_TRUE(bearer(made.secret));
    clock.advance(std::chrono::minutes(1));
    EXPECT_FALSE(bearer(made.secret));
}

TEST_F(ApiTokensTest, StopWhenRemovedByTheirOwner) {
    auto made = create();
    EXPECT_EQ(failure(identity->tokens.remove(bob.row, made.token.id, kTester)),
              std::pair(ErrorKind::not_found, "there is no token " + made.token.id));
    EXPECT_TRUE(bearer(made.secret));
    run(identity->tokens.remove(alice.row, made.token.id, kTester));
    EXPECT_FALSE(bearer(made.secret));
    EXPECT_EQ(audited("token.delete").resource, "token ci");
}

TEST_F(ApiTokensTest, HaveANameAndABound) {
    EXPECT_EQ(failure(identity->tokens.create(alice.row, "", {}, {}, kTester)).second, "name: is missing");
    EXPECT_EQ(failure(identity->tokens.create(alice.row, "a\nb", {}, {}, kTester)).second,
              "name: has a control character or is no UTF-8");
    auto fill = [this](sql::Connection& connection) {
        for (int i = 0; i < 100; ++i) {
            auto number = std::to_string(i);
            store::ApiTokenStore(connection)
                .create({.id = number, .user = alice.row, .name = number, .token_hash = number});
        }
    };
    database.write_now(fill);
    EXPECT_EQ(failure(identity->tokens.create(alice.row, "one more", {}, {}, kTester)),
              std::pair(ErrorKind::conflict, std::string("there are 100 tokens already; delete some")));
    EXPECT_EQ(run(identity->tokens.create(bob.row, "his first", {}, {}, kTester)).token.name, "his first");
}

TEST_F(ApiTokensTest, WithScopesThatCannotBeReadMayNothing) {
    auto made = create();
    auto break_scopes = [](sql::Connection& connection) {
        connection.execute("UPDATE api_tokens SET scopes = :text", std::string("[broken"));
    };
    database.write_now(break_scopes);
    EXPECT_EQ(bearer(made.secret)->scopes, Scopes());
}

} // namespace
} // namespace cang::identity
