#include "sql/sqlite_file.hpp"

#include "base/error.hpp"
#include "sql/database.hpp"
#include "testing/temp_dir.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

namespace cang::sql {
namespace {

constexpr Migration schema[] = {{1, "things", "CREATE TABLE things (id $ID$, name TEXT NOT NULL);\n"}};

struct SqliteFile : ::testing::Test {
    cang::testing::TempDir directory;
    async::BlockingPool pool{1};
    std::filesystem::path location = directory / "it's.db";
    std::filesystem::path copy = directory / "it's a copy.db";

    ~SqliteFile() override { pool.join(); }

    static void add(Database& database, const std::string& name) {
        database.write_now(
            [&](Connection& connection) { connection.execute("INSERT INTO things (name) VALUES (:name)", name); });
    }
    static std::vector<std::string> names(const std::filesystem::path& file) {
        return open_sqlite_read_only(file)->list<std::string>("SELECT name FROM things ORDER BY id");
    }
    static std::string bytes_of(const std::filesystem::path& file) {
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
};

TEST_F(SqliteFile, CopiesWhatIsCommittedWhileTheDatabaseIsOpen) {
    Database database(location.string(), schema, pool);
    add(database, "before");
    copy_sqlite(location, copy);
    add(database, "after");
    EXPECT_EQ(names(copy), std::vector<std::string>{"before"});
    EXPECT_EQ(names(location), (std::vector<std::string>{"before", "after"}));
}

TEST_F(SqliteFile, CopiesADatabaseThatNobodyHasOpen) {
    {
        add(*std::make_unique<Database>(location.string(), schema, pool), "kept");
    }
    copy_sqlite(location, copy);
    EXPECT_EQ(names(copy), std::vector<std::string>{"kept"});
}

TEST_F(SqliteFile, ReadingLeavesTheCopyAsItIs) {
    Database database(location.string(), schema, pool);
    add(database, "one");
    copy_sqlite(location, copy);
    std::string before = bytes_of(copy);
    EXPECT_EQ(names(copy).size(), 1u);
    EXPECT_EQ(bytes_of(copy), before);
    EXPECT_FALSE(std::filesystem::exists(copy.string() + "-wal"));
    EXPECT_THROW(open_sqlite_read_only(copy)->execute("DELETE FROM things"), Error);
}

TEST_F(SqliteFile, ACopyOpensAsADatabase) {
    Database database(location.string(), schema, pool);
    add(database, "one");
    copy_sqlite(location, copy);
    Database opened(copy.string(), schema, pool);
    add(opened, "two");
    EXPECT_EQ(opened.schema_version_before(), 1);
    EXPECT_EQ(names(copy), (std::vector<std::string>{"one", "two"}));
}

TEST_F(SqliteFile, RefusesWhatIsNoDatabase) {
    EXPECT_THROW(copy_sqlite(directory / "absent.db", copy), Error);
    std::ofstream(directory / "text.db") << "not a database, and long enough to be looked at as one of them";
    EXPECT_THROW(copy_sqlite(directory / "text.db", directory / "other.db"), Error);
}

} // namespace
} // namespace cang::sql
