// For the tests of stores: an empty database of each engine, one after the other.
#pragma once

#include "image/store/migrations.hpp"
#include "sql/database.hpp"
#include "sql/private_postgresql.hpp"
#include "testing/temp_dir.hpp"

#include <gtest/gtest.h>

namespace cang::store {

class StoreFixture : public ::testing::TestWithParam<sql::Engine> {
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
    void TearDown() override {
        database.reset();
        pool.join();
    }
    template <typename Work>
    auto write(Work work) {
        return database->write_now(work);
    }

    cang::testing::TempDir directory;
    async::BlockingPool pool{2};
    std::unique_ptr<sql::Database> database;
};

inline auto every_engine() { return ::testing::Values(sql::Engine::sqlite, sql::Engine::postgresql); }

inline std::string engine_name(const ::testing::TestParamInfo<sql::Engine>& one) {
    return one.param == sql::Engine::sqlite ? "Sqlite" : "Postgresql";
}

} // namespace cang::store
