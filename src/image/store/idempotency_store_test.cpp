// What the store of answers promises, on SQLite and on PostgreSQL alike.
#include "image/store/idempotency_store.hpp"

#include "image/store/store_fixture.hpp"

namespace cang::store {
namespace {

constexpr Timestamp noon{std::chrono::hours(12)};

IdempotentAnswerRow answer_of(std::string requested_by, std::string key) {
    return {.requested_by = std::move(requested_by),
            .key = std::move(key),
            .fingerprint = "sha256:1",
            .status = 201,
            .location = "/api/v1/things/1",
            .content_type = "application/json",
            .body = R"({"name":"Häfen"})",
            .created_at = noon};
}

class IdempotencyStoreContract : public StoreFixture {};

TEST_P(IdempotencyStoreContract, KeepsEveryColumn) {
    write([](sql::Connection& c) {
        IdempotencyStore store(c);
        EXPECT_TRUE(store.create(answer_of("admin", "k")));
        auto found = store.find("admin", "k").value();
        EXPECT_EQ(found.requested_by, "admin");
        EXPECT_EQ(found.key, "k");
        EXPECT_EQ(found.fingerprint, "sha256:1");
        EXPECT_EQ(found.status, 201);
        EXPECT_EQ(found.location, "/api/v1/things/1");
        EXPECT_EQ(found.content_type, "application/json");
        EXPECT_EQ(found.body, R"({"name":"Häfen"})");
        EXPECT_EQ(found.created_at, noon);
    });
}

TEST_P(IdempotencyStoreContract, KeepsTheFirstAnswerOfEachRequester) {
    write([](sql::Connection& c) {
        IdempotencyStore store(c);
        EXPECT_TRUE(store.create(answer_of("admin", "k")));
        auto second = answer_of("admin", "k");
        second.status = 202;
        EXPECT_FALSE(store.create(second));
        EXPECT_EQ(store.find("admin", "k")->status, 201);
        EXPECT_FALSE(store.find("", "k"));
        EXPECT_FALSE(store.find("admin", "K"));
        EXPECT_TRUE(store.create(answer_of("", "k")));
    });
}

TEST_P(IdempotencyStoreContract, ForgetsOldOnes) {
    write([](sql::Connection& c) {
        IdempotencyStore store(c);
        store.create(answer_of("admin", "old"));
        auto young = answer_of("admin", "young");
        young.created_at = noon + std::chrono::hours(1);
        store.create(young);
        EXPECT_EQ(store.remove_old(noon), 0U);
        EXPECT_EQ(store.remove_old(young.created_at), 1U);
        EXPECT_FALSE(store.find("admin", "old"));
        EXPECT_TRUE(store.find("admin", "young"));
    });
}

INSTANTIATE_TEST_SUITE_P(EveryEngine, IdempotencyStoreContract, every_engine(), engine_name);

} // namespace
} // namespace cang::store
