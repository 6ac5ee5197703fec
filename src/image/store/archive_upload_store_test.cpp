#include "image/store/archive_upload_store.hpp"
#include "image/store/migrations.hpp"
#include "sql/database.hpp"
#include "sql/private_postgresql.hpp"
#include "testing/temp_dir.hpp"

#include <gtest/gtest.h>

namespace cang::store {
namespace {

using std::chrono::hours;

class ArchiveUploadStoreContract : public ::testing::TestWithParam<sql::Engine> {
protected:
    void SetUp() override {
        std::string location = (directory / "store.db").string();
        if (GetParam() == sql::Engine::postgresql) {
            location = sql::PrivatePostgresql::url();
            if (location.empty())
                GTEST_SKIP() << "PostgreSQL is not installed or does not start";
            sql::Database clean(location, migrations(), pool);
            clean.write_now([](sql::Connection& connection) {
                connection.execute_once("DROP SCHEMA public CASCADE");
                connection.execute_once("CREATE SCHEMA public");
            });
        }
        database = std::make_unique<sql::Database>(location, migrations(), pool);
    }

    static ArchiveUploadRow upload_of(const std::string& id, Timestamp expires_at) {
        return {.id = id, .name = "apps – 1.tar", .size = 5'000'000'000, .created_at = noon, .expires_at = expires_at};
    }

    static constexpr Timestamp noon{std::chrono::sys_days(std::chrono::year(2026) / 1 / 2) + hours(12)};
    cang::testing::TempDir directory;
    async::BlockingPool pool{2};
    std::unique_ptr<sql::Database> database;
};

TEST_P(ArchiveUploadStoreContract, KeepsEveryColumn) {
    database->write_now([](sql::Connection& c) {
        ArchiveUploadStore store(c);
        store.create(upload_of("a1", noon + hours(1)));
        auto found = store.find("a1").value();
        EXPECT_EQ(found.name, "apps – 1.tar");
        EXPECT_EQ(found.size, 5'000'000'000);
        EXPECT_EQ(found.created_at, noon);
        EXPECT_EQ(found.expires_at, noon + hours(1));
        EXPECT_FALSE(store.find("a2").has_value());
        EXPECT_TRUE(store.remove("a1"));
        EXPECT_FALSE(store.remove("a1"));
        EXPECT_FALSE(store.find("a1").has_value());
    });
}

TEST_P(ArchiveUploadStoreContract, ListsWhatExpiredUnlessItWasExtended) {
    database->write_now([](sql::Connection& c) {
        ArchiveUploadStore store(c);
        store.create(upload_of("late", noon + hours(2)));
        store.create(upload_of("early", noon + hours(1)));
        EXPECT_TRUE(store.list_expired(noon, 10).empty());
        EXPECT_EQ(store.list_expired(noon + hours(3), 10), (std::vector<std::string>{"early", "late"}));
        EXPECT_EQ(store.list_expired(noon + hours(3), 1), std::vector<std::string>{"early"});
        EXPECT_TRUE(store.extend("early", noon + hours(9)));
        EXPECT_TRUE(store.extend("early", noon + hours(5))) << "which is no longer";
        EXPECT_FALSE(store.extend("none", noon));
        EXPECT_EQ(store.list_expired(noon + hours(8), 10), std::vector<std::string>{"late"});
    });
}

INSTANTIATE_TEST_SUITE_P(Engines, ArchiveUploadStoreContract,
                         ::testing::Values(sql::Engine::sqlite, sql::Engine::postgresql), [](const auto& one) {
                             return one.param == sql::Engine::sqlite ? std::string("Sqlite")
                                                                     : std::string("Postgresql");
                         });

} // namespace
} // namespace cang::store
