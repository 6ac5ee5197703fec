// What the operation stores promise, on SQLite and on PostgreSQL alike.
#include "image/store/operation_store.hpp"

#include "base/error.hpp"
#include "image/store/store_fixture.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace cang::store {
namespace {

constexpr Timestamp noon{std::chrono::hours(12)};
constexpr Timestamp later = noon + std::chrono::hours(1);
constexpr RowId newest = std::numeric_limits<RowId>::max();

OperationRow operation_of(std::string id, std::string type = "copy") {
    OperationRow row;
    row.id = std::move(id);
    row.type = std::move(type);
    row.title = "Copy App";
    row.state = "pending";
    row.input = R"({"source":"docker://Example"})";
    row.resources = "[]";
    row.requested_by = "admin";
    row.created_at = noon;
    return row;
}

class OperationStoreContract : public StoreFixture {
protected:
    static std::vector<std::string> ids(const std::vector<OperationRow>& rows) {
        std::vector<std::string> found;
        for (const auto& row : rows)
            found.push_back(row.id);
        return found;
    }
};

using Ids = std::vector<std::string>;

TEST_P(OperationStoreContract, KeepsEveryColumn) {
    write([](sql::Connection& c) {
        OperationStore store(c);
        OperationRow given = operation_of("a");
        given.idempotency_key = "key";
        given.retry_of = "b";
        RowId row = store.create(given);
        OperationRow pending = store.find("a").value();
        EXPECT_EQ(pending.row, row);
        EXPECT_EQ(pending.state, "pending");
        EXPECT_EQ(pending.input, given.input);
        EXPECT_EQ(pending.retry_of, "b");
        EXPECT_EQ(pending.created_at, noon);
        EXPECT_FALSE(pending.started_at.has_value());
        EXPECT_FALSE(pending.resume);
        pending.state = "failed";
        pending.error_kind = "unavailable";
        pending.error_message = "no";
        pending.result = "{}";
        pending.resume = true;
        pending.started_at = noon;
        pending.finished_at = later;
        store.update(pending);
        store.set_progress(row, R"({"done":1})");
        OperationRow failed = store.find("a").value();
        EXPECT_EQ(failed.state, "failed");
        EXPECT_EQ(failed.error_kind, "unavailable");
        EXPECT_EQ(failed.error_message, "no");
        EXPECT_EQ(failed.finished_at, later);
        EXPECT_TRUE(failed.resume);
        EXPECT_EQ(failed.progress, R"({"done":1})");
        EXPECT_FALSE(store.find("b").has_value());
    });
}

TEST_P(OperationStoreContract, FindsByKeyOfTheSameRequesterOnly) {
    write([](sql::Connection& c) {
        OperationStore store(c);
        OperationRow keyed = operation_of("a");
        keyed.idempotency_key = "key";
        store.create(keyed);
        store.create(operation_of("b"));
        store.create(operation_of("c"));
        EXPECT_EQ(store.find_by_key("admin", "key").value().id, "a");
        EXPECT_FALSE(store.find_by_key("somebody", "key").has_value());
        EXPECT_FALSE(store.find_by_key("admin", "").has_value());
    });
}

TEST_P(OperationStoreContract, ListsNewestFirstByPagesAndFilters) {
    write([](sql::Connection& c) {
        OperationStore store(c);
        for (std::string id : {"a", "b", "c"})
            store.create(operation_of(id));
        OperationRow other = operation_of("d", "registry.gc");
        other.state = "failed";
        other.requested_by = "schedule";
        other.title = "100%_done";
        store.create(other);
        auto first = store.list({}, newest, 2);
        EXPECT_EQ(ids(first), (Ids{"d", "c"}));
        EXPECT_EQ(ids(store.list({}, first.back().row, 10)), (Ids{"b", "a"}));
        EXPECT_EQ(store.count({}), 4u);
        EXPECT_EQ(ids(store.list({.type = "registry.gc"}, newest, 10)), Ids{"d"});
        EXPECT_EQ(ids(store.list({.state = "failed"}, newest, 10)), Ids{"d"});
        EXPECT_EQ(ids(store.list({.requested_by = "schedule"}, newest, 10)), Ids{"d"});
        EXPECT_EQ(ids(store.list({.text = "%_D"}, newest, 10)), Ids{"d"});
        EXPECT_EQ(store.count({.text = "APP"}), 3u);
        EXPECT_EQ(store.count({.text = "docker://EXAMPLE"}), 4u);
        EXPECT_EQ(store.count({.type = "copy", .state = "failed"}), 0u);
    });
}

TEST_P(OperationStoreContract, ListsWhatAStartHasToLookAfter) {
    write([](sql::Connection& c) {
        OperationStore store(c);
        for (std::string state : {"pending", "running", "succeeded", "interrupted"}) {
            OperationRow row = operation_of(state);
            row.state = state;
            store.create(row);
        }
        OperationRow resuming = operation_of("resuming");
        resuming.state = "interrupted";
        resuming.resume = true;
        store.create(resuming);
        auto rows = store.list_unfinished("pending", "running", 0, 10);
        EXPECT_EQ(ids(rows), (Ids{"pending", "running", "resuming"}));
        EXPECT_EQ(ids(store.list_unfinished("pending", "running", rows.at(1).row, 10)), Ids{"resuming"});
    });
}

TEST_P(OperationStoreContract, NumbersEventsWithinTheirOperation) {
    write([](sql::Connection& c) {
        RowId row = OperationStore(c).create(operation_of("a"));
        OperationStore(c).create(operation_of("b"));
        OperationEventStore events(c);
        EXPECT_EQ(events.last_sequence(row), 0u);
        for (std::uint64_t sequence : {1, 2, 3})
            events.append(row, {sequence, later, "log", "{}"});
        EXPECT_EQ(events.last_sequence(row), 3u);
        auto after = events.list("a", 1, 1);
        EXPECT_EQ(after.size(), 1u);
        EXPECT_EQ(after.at(0).sequence, 2u);
        EXPECT_EQ(after.at(0).at, later);
        EXPECT_EQ(after.at(0).kind, "log");
        EXPECT_TRUE(events.list("b", 0, 10).empty());
    });
    EXPECT_THROW(write([](sql::Connection& c) {
                     RowId row = OperationStore(c).find("a").value().row;
                     OperationEventStore(c).append(row, {3, later, "log", "{}"});
                 }),
                 Error);
}

TEST_P(OperationStoreContract, RemovesWhatEndedBeforeTheCutoffWithItsEvents) {
    write([](sql::Connection& c) {
        OperationStore store(c);
        OperationRow old = operation_of("old");
        old.finished_at = noon;
        OperationEventStore(c).append(store.create(old), {1, noon, "state", "{}"});
        OperationRow fresh = operation_of("fresh");
        fresh.finished_at = later;
        store.create(fresh);
        store.create(operation_of("unfinished"));
        OperationRow other = operation_of("other", "registry.gc");
        other.finished_at = noon;
        store.create(other);
        EXPECT_EQ(store.remove_finished("copy", later, 10), 1u);
        EXPECT_EQ(ids(store.list({}, newest, 10)), (Ids{"other", "unfinished", "fresh"}));
        EXPECT_TRUE(OperationEventStore(c).list("old", 0, 10).empty());
    });
}

INSTANTIATE_TEST_SUITE_P(Engines, OperationStoreContract, every_engine(), engine_name);

} // namespace
} // namespace cang::store
