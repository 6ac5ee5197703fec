// What the audit log promises, on SQLite and on PostgreSQL alike.
#include "image/store/audit_store.hpp"

#include "image/store/store_fixture.hpp"

#include <limits>

namespace cang::store {
namespace {

constexpr Timestamp noon{std::chrono::hours(12)};
constexpr Timestamp later = noon + std::chrono::hours(1);
constexpr auto kNewest = std::numeric_limits<RowId>::max();

class AuditStoreContract : public StoreFixture {};

AuditRow event_of(std::string action, std::string actor = "alice", Timestamp at = noon) {
    return {.at = at, .actor = {.name = std::move(actor)}, .action = std::move(action), .resource = "thing"};
}

TEST_P(AuditStoreContract, KeepsEveryColumn) {
    write([](sql::Connection& c) {
        AuditStore events(c);
        events.append({.at = noon,
                       .actor = {.name = "Ägir", .via = "token ci", .address = "::1", .request_id = "r1"},
                       .action = "project.update",
                       .resource = "team",
                       .project = "team",
                       .result = "denied",
                       .message = "may not",
                       .before = R"({"a":1})",
                       .after = R"({"a":2})"});
        auto rows = events.list({}, kNewest, 10);
        ASSERT_EQ(rows.size(), 1U);
        const auto& row = rows.front();
        EXPECT_GT(row.row, 0);
        EXPECT_EQ(row.at, noon);
        EXPECT_EQ(row.actor.name, "Ägir");
        EXPECT_EQ(row.actor.via, "token ci");
        EXPECT_EQ(row.actor.address, "::1");
        EXPECT_EQ(row.actor.request_id, "r1");
        EXPECT_EQ(row.action, "project.update");
        EXPECT_EQ(row.resource, "team");
        EXPECT_EQ(row.project, "team");
        EXPECT_EQ(row.result, "denied");
        EXPECT_EQ(row.message, "may not");
        EXPECT_EQ(row.before, R"({"a":1})");
        EXPECT_EQ(row.after, R"({"a":2})");
        events.append(event_of("nobody's", ""));
        EXPECT_EQ(events.count({}), 1U) << "what the server does itself";
    });
}

TEST_P(AuditStoreContract, FindsByActionAndWhatIsBelowIt) {
    write([](sql::Connection& c) {
        AuditStore events(c);
        for (const auto* action : {"user.create", "user", "user.delete", "users.x", "user-x", "use"})
            events.append(event_of(action));
        auto count = [&](std::string action) {
            AuditFilter filter;
            filter.action = std::move(action);
            EXPECT_EQ(events.list(filter, kNewest, 10).size(), events.count(filter));
            return events.count(filter);
        };
        EXPECT_EQ(count("user"), 3U);
        EXPECT_EQ(count("user.create"), 1U);
        EXPECT_EQ(count("user."), 0U);
        EXPECT_EQ(count("%"), 0U);
        EXPECT_EQ(count(""), 6U);
    });
}

TEST_P(AuditStoreContract, PagesFromTheNewestAndBoundsByTime) {
    write([](sql::Connection& c) {
        AuditStore events(c);
        events.append(event_of("a", "alice", noon));
        events.append(event_of("b", "bob", later));
        events.append(event_of("c", "alice", later));
        auto first = events.list({}, kNewest, 2);
        ASSERT_EQ(first.size(), 2U);
        EXPECT_EQ(first[0].action, "c");
        auto second = events.list({}, first[1].row, 2);
        ASSERT_EQ(second.size(), 1U);
        EXPECT_EQ(second[0].action, "a");
        AuditFilter filter;
        filter.actor = "alice";
        filter.from = later;
        EXPECT_EQ(events.count(filter), 1U);
        filter.from = std::nullopt;
        filter.to = later;
        EXPECT_EQ(events.count(filter), 1U);
        AuditFilter text;
        text.text = "THING";
        EXPECT_EQ(events.count(text), 3U);
    });
}

TEST_P(AuditStoreContract, ForgetsTheOldestFirst) {
    write([](sql::Connection& c) {
        AuditStore events(c);
        for (const auto* action : {"a", "b", "c"})
            events.append(event_of(action, "alice", noon));
        events.append(event_of("d", "alice", later));
        EXPECT_EQ(events.remove_before(later, 2), 2U);
        EXPECT_EQ(events.list({}, kNewest, 10).back().action, "c");
        EXPECT_EQ(events.remove_before(later, 2), 1U);
        EXPECT_EQ(events.remove_before(later, 2), 0U);
        EXPECT_EQ(events.count({}), 1U);
    });
}

INSTANTIATE_TEST_SUITE_P(Engines, AuditStoreContract, every_engine(), engine_name);

} // namespace
} // namespace cang::store
