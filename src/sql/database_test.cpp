#include "sql/database.hpp"

#include "base/error.hpp"
#include "sql/private_postgresql.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <gtest/gtest.h>

namespace cang::sql {
namespace {

constexpr Migration schema[] = {
    {1, "things", "CREATE TABLE things (id $ID$, name TEXT NOT NULL UNIQUE, size BIGINT);\n"},
    {2, "owners", "-- a comment\nCREATE TABLE owners (\n  thing BIGINT REFERENCES things (id)\n);\n"},
};

struct DatabaseTest : ::testing::Test {
    cang::testing::TempDir directory;
    async::BlockingPool pool{2};
    std::string location = (directory / "test.db").string();
    std::span<const Migration> migrations = schema;

    ~DatabaseTest() override { pool.join(); }
};

std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.message();
    }
    return "nothing was thrown";
}

TEST_F(DatabaseTest, ReadsBackWhatWasWrittenAlsoNullsAndLargeNumbers) {
    Database database(location, migrations, pool);
    cang::testing::run_async([&]() -> awaitable<void> {
        auto insert = [](Connection& connection) {
            connection.execute("INSERT INTO things (name, size) VALUES (:name, :size)", "empty",
                               std::optional<std::int64_t>());
            return connection.find<std::int64_t>("INSERT INTO things (name, size) VALUES (:name, :size) RETURNING id",
                                                 "big", std::int64_t{1} << 40);
        };
        std::optional<std::int64_t> id = co_await database.write(insert);
        EXPECT_EQ(id, 2);
        auto select = [](Connection& connection) {
            return connection.list<std::string, std::optional<std::int64_t>>(
                "SELECT name, size FROM things ORDER BY name");
        };
        auto rows = co_await database.read(select);
        EXPECT_EQ(rows.size(), 2u);
        EXPECT_EQ(std::get<1>(rows.at(0)), std::int64_t{1} << 40);
        EXPECT_EQ(std::get<1>(rows.at(1)), std::nullopt);
    });
}

TEST_F(DatabaseTest, UndoesOnlyTheWriteThatFails) {
    Database database(location, migrations, pool);
    cang::testing::run_async([&]() -> awaitable<void> {
        auto good = [](Connection& c) { c.execute("INSERT INTO things (name) VALUES (:name)", "good"); };
        auto bad = [](Connection& c) {
            c.execute("INSERT INTO things (name) VALUES (:name)", "undone");
            c.execute("INSERT INTO things (name) VALUES (:name)", "good");
        };
        co_await database.write(good);
        std::exception_ptr failure;
        try {
            co_await database.write(bad);
        } catch (...) {
            failure = std::current_exception();
        }
        EXPECT_EQ(message_of([&] { std::rethrow_exception(failure); }), "the record exists already");
        auto names = database.read_now([](Connection& c) { return c.list<std::string>("SELECT name FROM things"); });
        EXPECT_EQ(names, std::vector<std::string>{"good"});
    });
}

TEST_F(DatabaseTest, SaysThatTheDiskIsFullAndGoesOnWhenThereIsRoom) {
    Database database(location, migrations, pool);
    auto insert = [](Connection& c) {
        c.execute("INSERT INTO things (name) VALUES (:name)", std::string(400'000, 'x'));
    };
    database.write_now([](Connection& c) { c.find<int>("PRAGMA max_page_count = 20"); });
    EXPECT_EQ(message_of([&] { database.write_now(insert); }), "the disk of the database is full");
    database.write_now([](Connection& c) { c.find<int>("PRAGMA max_page_count = 1000000"); });
    database.write_now(insert);
    auto count = database.read_now([](Connection& c) { return c.find<int>("SELECT COUNT(*) FROM things"); });
    EXPECT_EQ(count, 1);
}

TEST_F(DatabaseTest, ChecksForeignKeys) {
    Database database(location, migrations, pool);
    auto orphan = [](Connection& c) { c.execute("INSERT INTO owners (thing) VALUES (:thing)", 17); };
    EXPECT_EQ(message_of([&] { database.write_now(orphan); }), "the change contradicts other records");
}

TEST_F(DatabaseTest, CommitsQueuedWritesInGroupsAndKeepsTheirOrder) {
    Database database(location, migrations, pool);
    int settled = 0;
    cang::testing::run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        int done = 0;
        std::function<awaitable<void>(int)> one = [&](int i) -> awaitable<void> {
            auto insert = [i](Connection& c) {
                c.execute("INSERT INTO things (name, size) VALUES (:name, :size)", std::to_string(i), i);
            };
            Settled hook = [&settled] { ++settled; };
            co_await database.write(insert, hook);
            ++done;
        };
        for (int i = 0; i < 500; ++i)
            asio::co_spawn(executor, one(i), [](std::exception_ptr) {});
        while (done < 500)
            co_await asio::post(executor, asio::use_awaitable);
    });
    EXPECT_EQ(settled, 500);
    auto sizes = database.read_now(
        [](Connection& c) { return c.list<std::int64_t>("SELECT size FROM things WHERE size <> id - 1"); });
    EXPECT_TRUE(sizes.empty());
}

TEST_F(DatabaseTest, RunsQueuedWritesBeforeItCloses) {
    {
        Database database(location, migrations, pool);
        auto insert = [](Connection& c) { c.execute("INSERT INTO things (name) VALUES (:name)", "kept"); };
        database.write_now(insert);
    }
    Database database(location, migrations, pool);
    EXPECT_EQ(database.schema_version_before(), 2);
    auto count = database.read_now([](Connection& c) { return c.find<int>("SELECT COUNT(*) FROM things"); });
    EXPECT_EQ(count, 1);
}

TEST_F(DatabaseTest, MigratesFromEveryEarlierVersion) {
    for (std::size_t from = 0; from <= std::size(schema); ++from) {
        std::string file = (directory / ("from" + std::to_string(from) + ".db")).string();
        {
            Database earlier(file, migrations.first(from), pool);
        }
        Database database(file, migrations, pool);
        EXPECT_EQ(database.schema_version_before(), static_cast<std::int64_t>(from));
        auto owners = database.read_now([](Connection& c) { return c.find<int>("SELECT COUNT(*) FROM owners"); });
        EXPECT_EQ(owners, 0);
    }
}

TEST_F(DatabaseTest, RefusesANewerSchema) {
    {
        Database database(location, migrations, pool);
    }
    EXPECT_EQ(message_of([&] { Database older(location, migrations.first(1), pool); }),
              "the database has schema version 2, made by a newer version of cang; this one knows versions up to 1");
}

TEST_F(DatabaseTest, LeavesTheVersionWhenAMigrationFails) {
    constexpr Migration broken[] = {schema[0], {2, "broken", "CREATE TABLE fresh (a TEXT);\nCREATE NONSENSE;\n"}};
    EXPECT_EQ(message_of([&] { Database database(location, broken, pool); }),
              "changing the database schema to version 2 (broken): the database refused a statement");
    Database database(location, migrations, pool);
    EXPECT_EQ(database.schema_version_before(), 1);
}

TEST_F(DatabaseTest, SaysWhenTheFileIsNoDatabase) {
    FILE* file = std::fopen(location.c_str(), "w");
    std::string junk(8192, 'x');
    std::fwrite(junk.data(), 1, junk.size(), file);
    std::fclose(file);
    EXPECT_EQ(message_of([&] { Database database(location, migrations, pool); }), "the database file is damaged");
}

class PostgresqlTest : public DatabaseTest {
protected:
    void SetUp() override {
        location = PrivatePostgresql::url();
        if (location.empty())
            GTEST_SKIP() << "PostgreSQL is not installed or does not start";
        Database clean(location, migrations, pool);
        clean.write_now([](Connection& c) {
            c.execute_once("DROP SCHEMA public CASCADE");
            c.execute_once("CREATE SCHEMA public");
        });
    }
};

TEST_F(PostgresqlTest, ReadsBackWhatWasWritten) {
    Database database(location, migrations, pool);
    EXPECT_EQ(database.engine(), Engine::postgresql);
    cang::testing::run_async([&]() -> awaitable<void> {
        auto insert = [](Connection& c) {
            return c.find<std::int64_t>("INSERT INTO things (name, size) VALUES (:name, :size) RETURNING id", "big",
                                        std::optional<std::int64_t>());
        };
        auto id = co_await database.write(insert);
        EXPECT_EQ(id, 1);
        auto select = [](Connection& c) {
            return c.find<std::string, std::optional<std::int64_t>>("SELECT name, size FROM things");
        };
        auto row = co_await database.read(select);
        EXPECT_EQ(std::get<0>(row.value()), "big");
        EXPECT_EQ(std::get<1>(row.value()), std::nullopt);
    });
}

TEST_F(PostgresqlTest, ConnectsAgainAfterTheServerDroppedTheConnection) {
    Database database(location, migrations, pool);
    auto drop = [](Connection& c) { c.find<bool>("SELECT CAST(pg_terminate_backend(pg_backend_pid()) AS INT)"); };
    EXPECT_EQ(message_of([&] { database.write_now(drop); }), "the database server does not answer");
    EXPECT_EQ(message_of([&] { database.read_now(drop); }), "the database server does not answer");
    database.write_now([](Connection& c) { c.execute("INSERT INTO things (name) VALUES (:name)", "after"); });
    auto names = database.read_now([](Connection& c) { return c.list<std::string>("SELECT name FROM things"); });
    EXPECT_EQ(names, std::vector<std::string>{"after"});
}

} // namespace
} // namespace cang::sql
