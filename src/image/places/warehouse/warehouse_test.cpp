#include "image/places/warehouse/changes.hpp"
#include "image/places/warehouse/warehouse_fixture.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace cang::warehouse {
namespace {

using WarehouseTest = WarehouseFixture;
using cang::testing::run_async;

TEST_F(WarehouseTest, ServesAnImageByTagAndByDigestAlsoAfterReopening) {
    SmallImage image = make_image("a");
    run_async([&]() -> awaitable<void> {
        std::vector<std::string> tags{"latest", "1.0"};
        co_await push_image(*warehouse, "library/a", image, tags);
    });
    for (int round = 0; round < 2; ++round) {
        run_async([&]() -> awaitable<void> {
            for (std::string reference : {std::string("latest"), image.manifest.digest().to_string()}) {
                StoredManifestPtr found = co_await warehouse->find_manifest("library/a", reference);
                EXPECT_TRUE(found != nullptr);
                EXPECT_EQ(*found->bytes, image.manifest.bytes());
                EXPECT_EQ(found->media_type, oci::media_type::oci_manifest);
                EXPECT_FALSE(found->has_subject);
                EXPECT_EQ(warehouse->find_cached_manifest("library/a", reference), found);
            }
            StoredManifestPtr elsewhere = co_await warehouse->find_manifest("library/b", "latest");
            EXPECT_EQ(elsewhere, nullptr);
            auto blob = co_await warehouse->find_blob("library/a", oci::Digest::of(image.blobs[1]));
            EXPECT_EQ(blob.value_or(content::ObjectInfo()).size, image.blobs[1].size());
        });
        open();
    }
}

TEST_F(WarehouseTest, TellsWhichRepositoryChanged) {
    std::vector<std::string> told;
    on_change(*warehouse, [&told](const std::string& repository) { told.push_back(repository); });
    SmallImage image = make_image("a");
    std::vector<std::string> tags{"1"};
    run_async([&] { return push_image(*warehouse, "team/a", image, tags); });
    EXPECT_EQ(told, std::vector<std::string>{"team/a"});
    run_async<bool>([&] { return warehouse->tag_manifest("team/a", image.manifest.digest(), "2"); });
    run_async<bool>([&] { return warehouse->delete_tag("team/a", "2"); });
    run_async<bool>([&] { return warehouse->delete_manifest("team/a", image.manifest.digest()); });
    EXPECT_EQ(told, std::vector<std::string>(4, "team/a"));
    run_async<bool>([&] { return warehouse->delete_repository("team/a"); });
    EXPECT_EQ(told.size(), 5U);
}

TEST_F(WarehouseTest, RefusesAManifestWhoseBlobIsNotInTheRepository) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        co_await push_blob(*warehouse, "elsewhere", image.blobs[0]);
        std::vector<std::string> tags{"latest"};
        auto error = co_await error_of(warehouse->put_manifest("library/a", image.manifest, tags));
        EXPECT_TRUE(error.has_value());
        EXPECT_EQ(error->code(), "MANIFEST_BLOB_UNKNOWN");
        EXPECT_EQ(error->message(),
                  fmt::format("blob {} is not in repository library/a", oci::Digest::of(image.blobs[0]).to_string()));
        StoredManifestPtr found = co_await warehouse->find_manifest("library/a", "latest");
        EXPECT_EQ(found, nullptr);
        auto repositories = co_await warehouse->list_repositories("", 10);
        EXPECT_TRUE(repositories.empty());
    });
}

TEST_F(WarehouseTest, AcceptsAnIndexOnlyAfterItsChildren) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        oci::IndexParts parts;
        parts.manifests.push_back(image.manifest.descriptor());
        oci::Manifest index = oci::make_index(parts);
        std::vector<std::string> tags{"multi"};
        auto error = co_await error_of(warehouse->put_manifest("a", index, tags));
        EXPECT_TRUE(error.has_value());
        EXPECT_EQ(error->message(),
                  fmt::format("manifest {} is not in repository a", image.manifest.digest().to_string()));
        co_await push_image(*warehouse, "a", image, no_tags);
        co_await warehouse->put_manifest("a", index, tags);
        StoredManifestPtr found = co_await warehouse->find_manifest("a", "multi");
        EXPECT_EQ(found->digest, index.digest());
    });
}

TEST_F(WarehouseTest, AcceptsAForeignLayerThatIsAbsent) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        oci::ManifestParts parts;
        parts.media_type = std::string(oci::media_type::docker_manifest);
        parts.config = describe(oci::media_type::docker_config, image.blobs[0]);
        parts.layers.push_back(describe(oci::media_type::docker_foreign_layer, "bytes of somebody else"));
        parts.layers.back().urls.push_back("https://example.com/layer");
        co_await push_blob(*warehouse, "a", image.blobs[0]);
        std::vector<std::string> tags{"windows"};
        co_await warehouse->put_manifest("a", oci::make_manifest(parts), tags);
        StoredManifestPtr found = co_await warehouse->find_manifest("a", "windows");
        EXPECT_TRUE(found != nullptr);
    });
}

TEST_F(WarehouseTest, NeverServesAMovedOrDeletedTagFromItsCache) {
    run_async([&]() -> awaitable<void> {
        SmallImage first = make_image("first");
        SmallImage second = make_image("second");
        std::vector<std::string> tags{"latest"};
        co_await push_image(*warehouse, "a", first, tags);
        StoredManifestPtr found = co_await warehouse->find_manifest("a", "latest");
        EXPECT_EQ(found->digest, first.manifest.digest());
        co_await push_image(*warehouse, "a", second, tags);
        found = co_await warehouse->find_manifest("a", "latest");
        EXPECT_EQ(found->digest, second.manifest.digest());
        bool deleted = co_await warehouse->delete_tag("a", "latest");
        EXPECT_TRUE(deleted);
        deleted = co_await warehouse->delete_tag("a", "latest");
        EXPECT_FALSE(deleted);
        found = co_await warehouse->find_manifest("a", "latest");
        EXPECT_EQ(found, nullptr);
        found = co_await warehouse->find_manifest("a", second.manifest.digest().to_string());
        EXPECT_TRUE(found != nullptr);
    });
}

TEST_F(WarehouseTest, DeletesAManifestWithItsTags) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        std::vector<std::string> tags{"latest", "1.0"};
        co_await push_image(*warehouse, "a", image, tags);
        StoredManifestPtr found = co_await warehouse->find_manifest("a", "1.0");
        EXPECT_TRUE(found != nullptr);
        bool deleted = co_await warehouse->delete_manifest("a", image.manifest.digest());
        EXPECT_TRUE(deleted);
        for (std::string reference : {std::string("latest"), std::string("1.0"), image.manifest.digest().to_string()}) {
            found = co_await warehouse->find_manifest("a", reference);
            EXPECT_EQ(found, nullptr) << reference;
        }
        auto listed = co_await warehouse->list_tags("a", "", 10);
        EXPECT_TRUE(listed.empty());
        deleted = co_await warehouse->delete_manifest("a", image.manifest.digest());
        EXPECT_FALSE(deleted);
    });
}

TEST_F(WarehouseTest, KeepsABlobThatAManifestUsesAndDeletesItAfterwards) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        co_await push_image(*warehouse, "a", image, no_tags);
        auto digest = oci::Digest::of(image.blobs[1]);
        auto remove = [&]() -> awaitable<void> { co_await warehouse->delete_blob("a", digest); };
        auto error = co_await error_of(remove());
        EXPECT_TRUE(error.has_value());
        EXPECT_EQ(error->kind(), ErrorKind::conflict);
        EXPECT_EQ(error->message(), fmt::format("blob {} is used by a manifest of repository a", digest.to_string()));
        co_await warehouse->delete_manifest("a", image.manifest.digest());
        bool deleted = co_await warehouse->delete_blob("a", digest);
        EXPECT_TRUE(deleted);
        auto blob = co_await warehouse->find_blob("a", digest);
        EXPECT_FALSE(blob.has_value());
    });
}

TEST_F(WarehouseTest, MountsFromANamedRepositoryOrFromAny) {
    run_async([&]() -> awaitable<void> {
        auto digest = co_await push_blob(*warehouse, "a", "shared bytes");
        bool mounted = co_await warehouse->mount_blob("b", digest, "nowhere");
        EXPECT_FALSE(mounted);
        auto blob = co_await warehouse->find_blob("b", digest);
        EXPECT_FALSE(blob.has_value());
        mounted = co_await warehouse->mount_blob("b", digest, "a");
        EXPECT_TRUE(mounted);
        mounted = co_await warehouse->mount_blob("c", digest, "");
        EXPECT_TRUE(mounted);
        blob = co_await warehouse->find_blob("c", digest);
        EXPECT_TRUE(blob.has_value());
    });
}

TEST_F(WarehouseTest, ListsReferrersOfASubjectThatMayBeAbsent) {
    run_async([&]() -> awaitable<void> {
        oci::Descriptor subject = describe(oci::media_type::oci_manifest, "not here yet");
        SmallImage signature = make_image("signature", subject, "application/signature");
        SmallImage report = make_image("report", subject, "application/report");
        co_await push_image(*warehouse, "a", signature, no_tags);
        co_await push_image(*warehouse, "a", report, no_tags);
        auto all = co_await warehouse->list_referrers("a", subject.digest);
        EXPECT_EQ(all.size(), 2u);
        EXPECT_EQ(all.at(0), signature.manifest.descriptor());
        auto reports = co_await warehouse->list_referrers("a", subject.digest, "application/report");
        EXPECT_EQ(reports.size(), 1u);
        EXPECT_EQ(reports.at(0).digest, report.manifest.digest());
        StoredManifestPtr found = co_await warehouse->find_manifest("a", report.manifest.digest().to_string());
        EXPECT_TRUE(found->has_subject);
    });
}

TEST_F(WarehouseTest, ListsByByteOrderInPages) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        for (std::string name : {"team/b", "a", "team/a", "z"}) {
            std::vector<std::string> tags{"v2", "V1", "latest"};
            co_await push_image(*warehouse, name, image, tags);
        }
        auto tags = co_await warehouse->list_tags("a", "", 2);
        EXPECT_EQ(tags.size(), 2u);
        EXPECT_EQ(tags.at(0).tag, "V1");
        EXPECT_EQ(tags.at(1).tag, "latest");
        EXPECT_EQ(tags.at(1).digest, image.manifest.digest());
        tags = co_await warehouse->list_tags("a", "latest", 2);
        EXPECT_EQ(tags.size(), 1u);
        auto repositories = co_await warehouse->list_repositories("a", 2);
        EXPECT_EQ(repositories.size(), 2u);
        EXPECT_EQ(repositories.at(0).name, "team/a");
        EXPECT_EQ(repositories.at(0).tags, 3u);
        EXPECT_EQ(repositories.at(0).manifests, 1u);
    });
}

TEST_F(WarehouseTest, DeletesARepositoryAndForgetsWhatItCached) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        std::vector<std::string> tags{"latest"};
        co_await push_image(*warehouse, "a", image, tags);
        co_await push_image(*warehouse, "b", image, tags);
        StoredManifestPtr found = co_await warehouse->find_manifest("a", "latest");
        bool deleted = co_await warehouse->delete_repository("a");
        EXPECT_TRUE(deleted);
        found = co_await warehouse->find_manifest("a", "latest");
        EXPECT_EQ(found, nullptr);
        bool known = co_await warehouse->has_repository("a");
        EXPECT_FALSE(known);
        deleted = co_await warehouse->delete_repository("a");
        EXPECT_FALSE(deleted);
        found = co_await warehouse->find_manifest("b", "latest");
        EXPECT_TRUE(found != nullptr);
    });
}

TEST_F(WarehouseTest, CountsSharedAndUniqueBytes) {
    run_async([&]() -> awaitable<void> {
        SmallImage first = make_image("first");
        SmallImage second = make_image("second");
        std::vector<std::string> tags{"latest"};
        co_await push_image(*warehouse, "a", first, tags);
        co_await push_image(*warehouse, "b", second, tags);
        std::vector<std::string> names{"a", "b", "absent"};
        auto usage = co_await warehouse->usage_of(names);
        EXPECT_EQ(usage.size(), 3u);
        EXPECT_EQ(usage.at(2).shared_bytes, 0u);
        std::uint64_t base = first.blobs[2].size();
        std::uint64_t own = first.blobs[0].size() + first.blobs[1].size() + first.manifest.bytes().size();
        EXPECT_EQ(usage.at(0).shared_bytes, base);
        EXPECT_EQ(usage.at(0).unique_bytes, own);
        StorageUsage total = co_await warehouse->usage();
        EXPECT_EQ(total.objects, 7u);
        EXPECT_EQ(total.repositories, 2u);
        EXPECT_EQ(total.tags, 2u);
        EXPECT_EQ(total.manifests, 2u);
        EXPECT_EQ(total.logical_bytes, total.bytes + base);
    });
}

TEST_F(WarehouseTest, RemembersTheStoredFormOfALayer) {
    run_async([&]() -> awaitable<void> {
        auto diff_id = oci::Digest::of("the tar");
        oci::Descriptor blob = describe(oci::media_type::oci_layer_gzip, "the tar, compressed");
        co_await warehouse->remember_layer(diff_id, blob);
        auto found = co_await warehouse->find_layer(diff_id);
        EXPECT_FALSE(found.has_value()) << "the blob is not there";
        co_await push_blob(*warehouse, "a", "the tar, compressed");
        found = co_await warehouse->find_layer(diff_id);
        EXPECT_EQ(found, blob);
    });
}

TEST_F(WarehouseTest, SaysWhichProcessHoldsTheDirectory) {
    WarehouseOptions options;
    options.data_directory = directory.path();
    try {
        Warehouse second(options, clock, pool);
        ADD_FAILURE() << "opened twice";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::conflict);
        EXPECT_EQ(error.message(),
                  fmt::format("the data directory {} is in use by process {}", directory.path().string(), ::getpid()));
    }
}

TEST_F(WarehouseTest, SaysWhenTheDirectoryHasAnotherFormat) {
    warehouse.reset();
    FILE* file = std::fopen((directory / "format").c_str(), "w");
    std::fputs("7\n", file);
    std::fclose(file);
    try {
        open();
        ADD_FAILURE() << "opened an unknown format";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(),
                  fmt::format("the data directory {} has format 7; this version of cang knows format 1",
                              directory.path().string()));
    }
}

} // namespace
} // namespace cang::warehouse
