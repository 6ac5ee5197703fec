#include "identity/audit_log.hpp"

#include "identity/identity_fixture.hpp"

namespace cang::identity {
namespace {

class AuditLogTest : public IdentityFixture {
protected:
    void append(std::string action, std::string actor = "alice", std::string project = {}, std::string result = "ok") {
        run(identity->audit.append({.at = {},
                                    .actor = {.name = std::move(actor), .via = "test", .address = "10.0.0.1"},
                                    .action = std::move(action),
                                    .resource = "thing",
                                    .project = std::move(project),
                                    .result = std::move(result)}));
    }
    std::string actions(store::AuditFilter filter, store::RowId before = 0, std::size_t limit = 100) {
        auto page = run(identity->audit.list(std::move(filter), before, limit));
        next = page.next;
        std::string text = std::to_string(page.total) + ":";
        for (const auto& event : page.events)
            text += " " + event.action;
        return text;
    }
    store::RowId next = 0;
};

TEST_F(AuditLogTest, TellsTheNewestFirstAPageAtATime) {
    for (const auto* action : {"a", "b", "c", "d", "e"})
        append(action);
    EXPECT_EQ(actions({}, 0, 2), "5: e d");
    auto second = next;
    append("f"); // what comes meanwhile moves nothing
    EXPECT_EQ(actions({}, second, 2), "6: c b");
    EXPECT_EQ(actions({}, next, 2), "6: a");
    EXPECT_EQ(next, 0);
    EXPECT_EQ(actions({}, 0, 6), "6: f e d c b a");
    EXPECT_EQ(next, 0) << "a page that is just full is the last";
}

TEST_F(AuditLogTest, FindsByEverythingItKeeps) {
    auto start = clock.now();
    append("user.create", "alice", "team");
    clock.advance(std::chrono::seconds(1));
    append("user.delete", "bob", "team", "denied");
    clock.advance(std::chrono::seconds(1));
    append("username.x", "Alice", "other", "failed");
    auto filtered = [this](auto set) {
        store::AuditFilter filter;
        set(filter);
        return actions(filter);
    };
    EXPECT_EQ(filtered([](auto& f) { f.actor = "alice"; }), "1: user.create");
    EXPECT_EQ(filtered([](auto& f) { f.action = "user"; }), "2: user.delete user.create");
    EXPECT_EQ(filtered([](auto& f) { f.action = "user.delete"; }), "1: user.delete");
    EXPECT_EQ(filtered([](auto& f) { f.project = "team"; }), "2: user.delete user.create");
    EXPECT_EQ(filtered([](auto& f) { f.result = "failed"; }), "1: username.x");
    EXPECT_EQ(filtered([](auto& f) { f.text = "ALICE"; }), "2: username.x user.create");
    EXPECT_EQ(filtered([](auto& f) { f.text = "10.0.0"; }), "3: username.x user.delete user.create");
    EXPECT_EQ(filtered([](auto& f) { f.text = "_"; }), "0:") << "no pattern";
    EXPECT_EQ(filtered([&](auto& f) { f.from = start + std::chrono::seconds(1); }), "2: username.x user.delete");
    EXPECT_EQ(filtered([&](auto& f) { f.to = start + std::chrono::seconds(1); }), "1: user.create");
}

TEST_F(AuditLogTest, ForgetsWhatIsOlder) {
    append("old");
    clock.advance(std::chrono::hours(2));
    append("new");
    run(identity->audit.remove_older_than(std::chrono::hours(2)));
    EXPECT_EQ(actions({}), "2: new old") << "just as old is kept";
    run(identity->audit.remove_older_than(std::chrono::hours(1)));
    EXPECT_EQ(actions({}), "1: new");
}

TEST_F(AuditLogTest, ForgetsMoreThanItTakesAtOnce) {
    auto fill = [](sql::Connection& connection) {
        for (int i = 0; i < 2'500; ++i)
            store::AuditStore(connection).append({.at = {}, .actor = {.name = "x"}, .action = "a", .resource = "b"});
    };
    database.write_now(fill);
    append("new");
    run(identity->audit.remove_older_than(std::chrono::hours(1)));
    EXPECT_EQ(actions({}), "1: new");
}

TEST_F(AuditLogTest, WritesNothingForTheServerItself) {
    append("a", "");
    EXPECT_EQ(actions({}), "0:");
}

} // namespace
} // namespace cang::identity
