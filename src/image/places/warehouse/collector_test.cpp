#include "image/places/warehouse/core.hpp"
#include "image/places/warehouse/hold.hpp"
#include "image/places/warehouse/warehouse_fixture.hpp"

namespace cang::warehouse {
namespace {

using cang::testing::run_async;

class CollectorTest : public WarehouseFixture {
protected:
    void let_grace_pass() { clock.advance(std::chrono::hours(2)); }
    awaitable<bool> has_object(std::string bytes) {
        auto found = co_await warehouse->objects().find(oci::Digest::of(std::string_view(bytes)));
        co_return found.has_value();
    }
    awaitable<void> expect_clean() {
        FsckResult result = co_await check(*warehouse, true);
        EXPECT_TRUE(result.problems.empty()) << result.problems.front().what << " " << result.problems.front().digest;
    }
    CollectOptions untagged() {
        CollectOptions options;
        options.untagged = true;
        return options;
    }
    std::vector<std::string> latest{"latest"};
};

TEST_F(CollectorTest, KeepsWhatATagReaches) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        co_await push_image(*warehouse, "a", image, latest);
        let_grace_pass();
        CollectResult result = co_await collect(*warehouse, untagged());
        EXPECT_EQ(result.objects, 0u);
        EXPECT_EQ(result.manifests, 0u);
        co_await expect_clean();
    });
}

TEST_F(CollectorTest, FreesNothingWhileABackupHoldsTheFiles) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        co_await push_image(*warehouse, "a", image, latest);
        co_await warehouse->delete_manifest("a", image.manifest.digest());
        let_grace_pass();
        std::optional<Hold> hold = Hold::keep_files(directory.path());
        auto run = [&]() -> awaitable<void> { co_await collect(*warehouse, plain); };
        std::optional<Error> refused = co_await error_of(run());
        EXPECT_EQ(refused->kind(), ErrorKind::conflict);
        EXPECT_EQ(refused->message(), "a backup is being made: nothing is collected until it has ended");
        bool kept = co_await has_object(image.blobs[1]);
        EXPECT_TRUE(kept);
        hold.reset();
        CollectResult result = co_await collect(*warehouse, plain);
        EXPECT_EQ(result.objects, 4u);
    });
}

// The backup begins between two steps: what the first has freed stays freed, the rest waits.
TEST_F(CollectorTest, StopsInTheMiddleForABackup) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        co_await push_image(*warehouse, "a", image, latest);
        co_await warehouse->delete_manifest("a", image.manifest.digest());
        let_grace_pass();
        std::optional<Hold> hold;
        auto begin_backup = [&](const CollectProgress& progress) {
            if (progress.phase == "objects" && !hold)
                hold.emplace(Hold::keep_files(directory.path()));
        };
        auto run = [&]() -> awaitable<void> { co_await collect(*warehouse, plain, begin_backup); };
        std::optional<Error> refused = co_await error_of(run());
        EXPECT_EQ(refused->kind(), ErrorKind::conflict);
        hold.reset();
        co_await expect_clean();
        CollectResult result = co_await collect(*warehouse, plain);
        EXPECT_EQ(result.objects, 4u);
    });
}

TEST_F(CollectorTest, FreesADeletedImageButNotWhatAnotherShares) {
    run_async([&]() -> awaitable<void> {
        SmallImage first = make_image("first");
        SmallImage second = make_image("second");
        co_await push_image(*warehouse, "a", first, latest);
        co_await push_image(*warehouse, "b", second, latest);
        co_await warehouse->delete_manifest("a", first.manifest.digest());
        let_grace_pass();
        CollectOptions dry;
        dry.dry_run = true;
        CollectResult estimate = co_await collect(*warehouse, dry);
        CollectResult result = co_await collect(*warehouse, plain);
        EXPECT_EQ(result.objects, 3u);
        EXPECT_EQ(result.bytes, first.blobs[0].size() + first.blobs[1].size() + first.manifest.bytes().size());
        EXPECT_EQ(estimate.objects, result.objects);
        EXPECT_EQ(estimate.bytes, result.bytes);
        bool own = co_await has_object(first.blobs[1]);
        EXPECT_FALSE(own);
        bool shared = co_await has_object(first.blobs[2]);
        EXPECT_TRUE(shared);
        bool known = co_await warehouse->has_repository("a");
        EXPECT_FALSE(known);
        co_await expect_clean();
    });
}

TEST_F(CollectorTest, WaitsForTheGracePeriod) {
    run_async([&]() -> awaitable<void> {
        co_await push_blob(*warehouse, "a", "pushed just now");
        clock.advance(std::chrono::minutes(59));
        CollectResult result = co_await collect(*warehouse, plain);
        EXPECT_EQ(result.objects, 0u);
        clock.advance(std::chrono::minutes(2));
        result = co_await collect(*warehouse, plain);
        EXPECT_EQ(result.objects, 1u);
    });
}

TEST_F(CollectorTest, CountsALookAtABlobAsATouch) {
    auto digest = oci::Digest::of("looked at");
    run_async([&]() -> awaitable<void> {
        co_await push_blob(*warehouse, "a", "looked at");
        let_grace_pass();
        auto blob = co_await warehouse->find_blob("a", digest);
        EXPECT_TRUE(blob.has_value());
        clock.advance(std::chrono::minutes(30));
    });
    open(); // a clean end keeps the touches
    run_async([&]() -> awaitable<void> {
        CollectResult result = co_await collect(*warehouse, plain);
        EXPECT_EQ(result.objects, 0u);
        clock.advance(std::chrono::minutes(40));
        result = co_await collect(*warehouse, plain);
        EXPECT_EQ(result.objects, 1u);
    });
}

TEST_F(CollectorTest, TakesEverythingForTouchedAfterAKill) {
    run_async([&]() -> awaitable<void> {
        co_await push_blob(*warehouse, "a", "old");
        let_grace_pass();
        auto mark = [](sql::Connection& connection) {
            connection.execute("UPDATE warehouse SET value = :open WHERE name = 'open'", 1);
        };
        co_await warehouse->core().database.write(mark);
    });
    // A copy of the directory is what a kill would leave.
    cang::testing::TempDir copy;
    std::filesystem::copy(directory.path(), copy.path(), std::filesystem::copy_options::recursive);
    WarehouseOptions options;
    options.data_directory = copy.path();
    Warehouse killed(options, clock, pool);
    run_async([&]() -> awaitable<void> {
        CollectResult result = co_await collect(killed, plain);
        EXPECT_EQ(result.objects, 0u);
        let_grace_pass();
        result = co_await collect(killed, plain);
        EXPECT_EQ(result.objects, 1u);
    });
}

TEST_F(CollectorTest, RemovesUntaggedManifestsOnlyWhenAsked) {
    run_async([&]() -> awaitable<void> {
        SmallImage child = make_image("child");
        oci::IndexParts parts;
        parts.manifests.push_back(child.manifest.descriptor());
        oci::Manifest index = oci::make_index(parts);
        SmallImage signature = make_image("signature", index.descriptor(), "application/signature");
        co_await push_image(*warehouse, "a", child, no_tags);
        co_await warehouse->put_manifest("a", index, latest);
        co_await push_image(*warehouse, "a", signature, no_tags);
        let_grace_pass();
        CollectResult result = co_await collect(*warehouse, untagged());
        EXPECT_EQ(result.manifests, 0u) << "the index and the subject reach the others";
        co_await warehouse->delete_tag("a", "latest");
        StoredManifestPtr cached = co_await warehouse->find_manifest("a", child.manifest.digest().to_string());
        EXPECT_TRUE(cached != nullptr);
        let_grace_pass();
        result = co_await collect(*warehouse, plain);
        EXPECT_EQ(result.manifests, 0u);
        CollectOptions dry = untagged();
        dry.dry_run = true;
        CollectResult estimate = co_await collect(*warehouse, dry);
        EXPECT_EQ(estimate.manifests, 3u);
        result = co_await collect(*warehouse, untagged());
        EXPECT_EQ(result.manifests, 3u);
        EXPECT_EQ(result.objects, 8u);
        EXPECT_EQ(estimate.objects, result.objects);
        cached = co_await warehouse->find_manifest("a", child.manifest.digest().to_string());
        EXPECT_EQ(cached, nullptr);
        StorageUsage usage = co_await warehouse->usage();
        EXPECT_EQ(usage.objects, 0u);
        co_await expect_clean();
    });
}

TEST_F(CollectorTest, SweepsFilesThatNobodyEverLinked) {
    run_async([&]() -> awaitable<void> {
        auto digest = oci::Digest::of("never linked");
        {
            auto ingest = co_await warehouse->objects().begin_ingest(digest.algorithm());
            co_await ingest->write(as_bytes("never linked"));
            co_await ingest->commit(digest);
            let_grace_pass();
            CollectResult result = co_await collect(*warehouse, plain);
            EXPECT_EQ(result.objects, 0u) << "the ingest is still alive";
        }
        let_grace_pass();
        CollectResult result = co_await collect(*warehouse, plain);
        EXPECT_EQ(result.objects, 1u);
        bool there = co_await has_object("never linked");
        EXPECT_FALSE(there);
    });
}

TEST_F(CollectorTest, ExpiresAbandonedUploads) {
    run_async([&]() -> awaitable<void> {
        {
            auto ingest = co_await warehouse->objects().begin_ingest(oci::DigestAlgorithm::sha256);
            co_await ingest->write(as_bytes("half a blob"));
            co_await ingest->suspend();
        }
        // The store dates uploads by the file system's clock, which is behind this test's clock.
        CollectOptions options;
        options.upload_expiry = std::chrono::hours(24 * 365 * 100);
        CollectResult result = co_await collect(*warehouse, options);
        EXPECT_EQ(result.uploads, 0u);
        options.upload_expiry = std::chrono::milliseconds(0);
        clock.advance(std::chrono::hours(24 * 365 * 10));
        result = co_await collect(*warehouse, options);
        EXPECT_EQ(result.uploads, 1u);
        auto left = co_await warehouse->objects().list_ingests();
        EXPECT_TRUE(left.empty());
    });
}

TEST_F(CollectorTest, FsckNamesWhatIsBroken) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        co_await push_image(*warehouse, "a", image, latest);
        auto path_of = [&](const std::string& bytes) {
            std::string hex = oci::Digest::of(std::string_view(bytes)).hex();
            return directory.path() / "blobs" / "sha256" / hex.substr(0, 2) / hex;
        };
        std::filesystem::remove(path_of(image.blobs[0]));
        std::filesystem::permissions(path_of(image.blobs[1]), std::filesystem::perms::owner_all);
        FILE* file = std::fopen(path_of(image.blobs[1]).c_str(), "r+");
        std::fputc('X', file);
        std::fclose(file);
        auto damage = [](sql::Connection& connection) {
            connection.execute("UPDATE repositories SET tags = tags + 1");
        };
        co_await warehouse->core().database.write(damage);
        FsckResult quick = co_await check(*warehouse, false);
        EXPECT_EQ(quick.problems.size(), 2u);
        EXPECT_EQ(quick.problems.at(0).what, "counts wrong");
        EXPECT_EQ(quick.problems.at(0).repository, "a");
        EXPECT_EQ(quick.problems.at(1).what, "object missing");
        EXPECT_EQ(quick.problems.at(1).digest, oci::Digest::of(image.blobs[0]).to_string());
        FsckResult deep = co_await check(*warehouse, true);
        EXPECT_EQ(deep.problems.size(), 3u);
        EXPECT_EQ(deep.problems.at(2).what, "object corrupt");
        EXPECT_EQ(deep.problems.at(2).digest, oci::Digest::of(image.blobs[1]).to_string());
    });
}

} // namespace
} // namespace cang::warehouse
