#include "image/places/warehouse/lists.hpp"
#include "image/places/warehouse/warehouse_fixture.hpp"
#include "sql/private_postgresql.hpp"

namespace cang::warehouse {
namespace {

TEST(WarehouseOnPostgresql, ServesListsDeletesAndCollects) {
    WarehouseOptions options;
    options.database = sql::PrivatePostgresql::url();
    if (options.database.empty())
        GTEST_SKIP() << "PostgreSQL is not installed or does not start";
    cang::testing::TempDir directory;
    cang::testing::FakeClock clock;
    async::BlockingPool pool{2};
    options.data_directory = directory.path();
    Warehouse warehouse(options, clock, pool);
    cang::testing::run_async([&]() -> awaitable<void> {
        SmallImage kept = make_image("kept");
        SmallImage gone = make_image("gone");
        std::vector<std::string> tags{"latest"};
        co_await push_image(warehouse, "a", kept, tags);
        co_await push_image(warehouse, "b", gone, tags);
        StoredManifestPtr found = co_await warehouse.find_manifest("a", "latest");
        EXPECT_EQ(found->digest, kept.manifest.digest());
        RepositoryQuery query{.search = "B", .page = {}};
        auto repositories = co_await list_repositories(warehouse, query);
        EXPECT_EQ(repositories.total, 1u);
        co_await warehouse.delete_manifest("b", gone.manifest.digest());
        clock.advance(std::chrono::hours(2));
        CollectOptions dry;
        dry.dry_run = true;
        CollectResult estimate = co_await collect(warehouse, dry);
        CollectOptions plain;
        CollectResult result = co_await collect(warehouse, plain);
        EXPECT_EQ(result.objects, 3u);
        EXPECT_EQ(estimate.objects, 3u);
        FsckResult checked = co_await check(warehouse, true);
        EXPECT_TRUE(checked.problems.empty());
        EXPECT_EQ(checked.objects, 4u);
    });
    pool.join();
}

} // namespace
} // namespace cang::warehouse
