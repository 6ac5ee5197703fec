// What the stores promise, on SQLite and on PostgreSQL alike.
#include "image/store/collection_store.hpp"
#include "image/store/image_store.hpp"
#include "image/store/layer_store.hpp"
#include "image/store/manifest_store.hpp"
#include "image/store/project_store.hpp"
#include "image/store/storage_sample_store.hpp"
#include "image/store/store_fixture.hpp"
#include "image/store/tag_store.hpp"

#include <gtest/gtest.h>

namespace cang::store {
namespace {

constexpr Timestamp noon{std::chrono::hours(12)};
constexpr Timestamp later = noon + std::chrono::hours(1);

oci::Manifest manifest_of(std::string_view seed, std::optional<oci::Descriptor> subject = {}) {
    oci::ManifestParts parts;
    parts.config.media_type = std::string(oci::media_type::oci_config);
    parts.config.digest = oci::Digest::of(seed);
    parts.config.size = seed.size();
    parts.subject = std::move(subject);
    parts.annotations = {{"seed", std::string(seed)}};
    return oci::make_manifest(parts);
}

class StoreContract : public StoreFixture {
protected:
    // A manifest with its config linked, counted and tagged.
    RowId put(sql::Connection& connection, const std::string& repository, const oci::Manifest& manifest,
              const std::vector<std::string>& tags, Timestamp now = noon) {
        RepositoryStore repositories(connection);
        BlobStore blobs(connection);
        RowId id = repositories.ensure(repository, now);
        RowId object = blobs.ensure_object(manifest.digest(), manifest.bytes().size(), now);
        RowId config = blobs.ensure_object(manifest.config()->digest, manifest.config()->size, now);
        blobs.link(id, config);
        RowId row = ManifestStore(connection).create(id, object, manifest, now);
        ManifestStore(connection).refer_to_blob(row, id, config);
        std::int64_t created = 0;
        for (const std::string& tag : tags)
            created += TagStore(connection).put(id, tag, row, now) ? 1 : 0;
        repositories.count(id, created, 1, now);
        return row;
    }
};

TEST_P(StoreContract, ListsRepositoriesInByteOrderWithTheirCounts) {
    write([&](sql::Connection& c) {
        for (std::string name : {"b/z", "a", "b-c", "b"})
            put(c, name, manifest_of("one"), {"1", "2"});
        RepositoryStore(c).ensure("empty", noon);
        auto all = RepositoryStore(c).list("", 10);
        EXPECT_EQ(all.size(), 4u);
        EXPECT_EQ(all.at(1).name, "b");
        EXPECT_EQ(all.at(2).name, "b-c") << "'-' comes before '/' in bytes";
        EXPECT_EQ(all.at(0).tags, 2u);
        EXPECT_EQ(all.at(0).manifests, 1u);
        EXPECT_EQ(all.at(0).updated_at, noon);
        EXPECT_EQ(RepositoryStore(c).list("b", 1).at(0).name, "b-c");
        EXPECT_EQ(RepositoryStore(c).find_row("b").value().tags, 2u);
        EXPECT_FALSE(RepositoryStore(c).find_row("B").has_value());
    });
}

TEST_P(StoreContract, FindsBlobsOnlyInTheRepositoriesThatShowThem) {
    write([&](sql::Connection& c) {
        BlobStore blobs(c);
        auto digest = oci::Digest::of("blob");
        RowId repository = RepositoryStore(c).ensure("a", noon);
        RowId object = blobs.ensure_object(digest, 4, noon);
        EXPECT_EQ(blobs.ensure_object(digest, 4, later), object);
        EXPECT_FALSE(blobs.find_blob("a", digest).has_value());
        EXPECT_FALSE(blobs.find_blob_anywhere(digest).has_value());
        blobs.link(repository, object);
        blobs.link(repository, object);
        EXPECT_EQ(blobs.find_blob("a", digest).value().size, 4u);
        EXPECT_EQ(blobs.find_blob(repository, digest).value().id, object);
        EXPECT_TRUE(blobs.find_blob_anywhere(digest).has_value());
        EXPECT_FALSE(blobs.find_blob("b", digest).has_value());
        EXPECT_FALSE(blobs.is_used(repository, object));
        EXPECT_TRUE(blobs.unlink(repository, object));
        EXPECT_FALSE(blobs.unlink(repository, object));
    });
}

TEST_P(StoreContract, FindsManifestsByDigestAndByTagUntilTheyAreRemoved) {
    write([&](sql::Connection& c) {
        oci::Manifest manifest = manifest_of("one");
        RowId id = put(c, "a", manifest, {"latest"});
        ManifestStore manifests(c);
        EXPECT_EQ(manifests.find("a", manifest.digest()).value().id, id);
        ManifestRow tagged = manifests.find_tagged("a", "latest").value();
        EXPECT_EQ(tagged.digest, manifest.digest());
        EXPECT_EQ(tagged.media_type, manifest.media_type());
        EXPECT_EQ(tagged.size, manifest.bytes().size());
        EXPECT_FALSE(tagged.has_subject);
        EXPECT_FALSE(manifests.find_tagged("a", "other").has_value());
        EXPECT_FALSE(manifests.find("b", manifest.digest()).has_value());
        manifests.remove(id);
        EXPECT_FALSE(manifests.find_tagged("a", "latest").has_value());
        EXPECT_TRUE(TagStore(c).list("a", "", 10).empty());
    });
}

TEST_P(StoreContract, MovesTagsAndListsThemInByteOrder) {
    write([&](sql::Connection& c) {
        put(c, "a", manifest_of("one"), {"b", "A", "a"});
        oci::Manifest second = manifest_of("two");
        RowId id = put(c, "a", second, {"a"}, later);
        auto tags = TagStore(c).list("a", "", 10);
        EXPECT_EQ(tags.size(), 3u);
        EXPECT_EQ(tags.at(0).name, "A");
        EXPECT_EQ(tags.at(1).digest, second.digest());
        EXPECT_EQ(tags.at(1).updated_at, later);
        EXPECT_EQ(TagStore(c).list("a", "a", 10).size(), 1u);
        EXPECT_EQ(TagStore(c).list_names(id), std::vector<std::string>{"a"});
        RowId repository = RepositoryStore(c).find("a").value();
        EXPECT_TRUE(TagStore(c).remove(repository, "a"));
        EXPECT_FALSE(TagStore(c).remove(repository, "a"));
    });
}

TEST_P(StoreContract, ListsReferrersWithTheirAnnotations) {
    write([&](sql::Connection& c) {
        oci::Manifest subject = manifest_of("subject");
        oci::Manifest referrer = manifest_of("referrer \"quoted\" \n", subject.descriptor());
        put(c, "a", referrer, {});
        auto found = ManifestStore(c).list_referrers("a", subject.digest());
        EXPECT_EQ(found.size(), 1u);
        EXPECT_EQ(found.at(0), referrer.descriptor());
        EXPECT_TRUE(ManifestStore(c).list_referrers("b", subject.digest()).empty());
        EXPECT_TRUE(ManifestStore(c).find("a", referrer.digest()).value().has_subject);
    });
}

TEST_P(StoreContract, RemembersTheLastBlobOfALayerWhileItIsThere) {
    write([&](sql::Connection& c) {
        LayerStore layers(c);
        auto diff_id = oci::Digest::of("tar");
        oci::Descriptor blob;
        blob.media_type = "layer";
        blob.digest = oci::Digest::of("gzip");
        blob.size = 4;
        layers.put(diff_id, blob);
        blob.digest = oci::Digest::of("zstd");
        layers.put(diff_id, blob);
        EXPECT_FALSE(layers.find(diff_id).has_value());
        BlobStore(c).ensure_object(blob.digest, 4, noon);
        EXPECT_EQ(layers.find(diff_id), blob);
        EXPECT_EQ(layers.prune(), 0u);
    });
}

TEST_P(StoreContract, AddsUpSharedAndUniqueBytes) {
    write([&](sql::Connection& c) {
        oci::Manifest shared = manifest_of("shared");
        oci::Manifest own = manifest_of("own");
        put(c, "a", shared, {});
        put(c, "b", shared, {});
        put(c, "b", own, {});
        std::uint64_t shared_bytes = shared.bytes().size() + 6;
        std::uint64_t own_bytes = own.bytes().size() + 3;
        auto usage_of = [&c](const std::string& name) {
            return RepositoryStore(c).usage(RepositoryStore(c).find(name).value());
        };
        EXPECT_EQ(usage_of("a").unique_bytes, 0u);
        EXPECT_EQ(usage_of("a").shared_bytes, shared_bytes);
        EXPECT_EQ(usage_of("b").unique_bytes, own_bytes);
        EXPECT_EQ(usage_of("b").shared_bytes, shared_bytes);
        RowId empty = RepositoryStore(c).ensure("empty", noon);
        EXPECT_EQ(RepositoryStore(c).usage(empty).unique_bytes, 0u);
        TotalsRow totals = RepositoryStore(c).totals();
        EXPECT_EQ(totals.objects, 4u);
        EXPECT_EQ(totals.bytes, shared_bytes + own_bytes);
        EXPECT_EQ(totals.logical_bytes, 2 * shared_bytes + own_bytes);
        EXPECT_EQ(totals.manifests, 3u);
    });
}

TEST_P(StoreContract, OffersForCollectionOnlyWhatNothingHolds) {
    write([&](sql::Connection& c) {
        oci::Manifest kept = manifest_of("kept");
        oci::Manifest lost = manifest_of("lost");
        put(c, "a", kept, {"latest"});
        RowId lost_id = put(c, "a", lost, {});
        CollectionStore early(c, noon);
        EXPECT_TRUE(early.list_unreached(0, 10).empty()) << "touched at the cutoff";
        CollectionStore collection(c, later);
        EstimateRow estimate = collection.estimate(true);
        EXPECT_EQ(estimate.manifests, 1u);
        EXPECT_EQ(estimate.objects, 2u);
        EXPECT_EQ(collection.estimate(false).objects, 0u);
        auto unreached = collection.list_unreached(0, 10);
        EXPECT_EQ(unreached.size(), 1u);
        EXPECT_EQ(unreached.at(0).digest, lost.digest());
        EXPECT_TRUE(collection.list_unused_links({}, 10).empty());
        ManifestStore(c).remove(lost_id);
        auto links = collection.list_unused_links({}, 10);
        EXPECT_EQ(links.size(), 1u);
        EXPECT_TRUE(collection.remove_unused_link(links.at(0)));
        EXPECT_FALSE(collection.remove_unused_link(links.at(0)));
        auto objects = collection.list_unreferenced(0, 10);
        EXPECT_EQ(objects.size(), 2u);
        for (const ObjectRow& object : objects)
            EXPECT_TRUE(collection.remove_unreferenced(object));
        EXPECT_TRUE(BlobStore(c).find_object(kept.digest()).has_value());
    });
}

TEST_P(StoreContract, ReportsUniqueViolationsAndGoesOnAfterThem) {
    try {
        write([&](sql::Connection& c) {
            oci::Manifest manifest = manifest_of("one");
            put(c, "a", manifest, {});
            put(c, "a", manifest, {});
        });
        ADD_FAILURE() << "a manifest was created twice";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::already_exists);
        EXPECT_EQ(error.message(), "the record exists already");
    }
    write([&](sql::Connection& c) { EXPECT_FALSE(RepositoryStore(c).find("a").has_value()); });
}

TEST_P(StoreContract, ListsImagesWithTheFactsOfTheirManifests) {
    write([&](sql::Connection& c) {
        RowId id = put(c, "a", manifest_of("one"), {"b", "a", "c"});
        RowId repository = RepositoryStore(c).find("a").value();
        EXPECT_FALSE(ImageStore(c).find(repository, "a").value().facts.platforms.has_value()) << "not read yet";
        ManifestFacts facts{1'000, " linux/amd64 "};
        ImageStore(c).describe(id, facts);
        auto rows = ImageStore(c).list(repository, "a", 10);
        ASSERT_EQ(rows.size(), 2u);
        EXPECT_EQ(rows.at(0).tag, "b");
        EXPECT_EQ(rows.at(0).digest, manifest_of("one").digest());
        EXPECT_EQ(rows.at(0).media_type, oci::media_type::oci_manifest);
        EXPECT_EQ(rows.at(0).facts.image_size, 1'000u);
        EXPECT_EQ(rows.at(0).facts.platforms, " linux/amd64 ");
        EXPECT_EQ(rows.at(0).updated_at, noon);
        EXPECT_EQ(ImageStore(c).find(repository, "c").value().facts.image_size, 1'000u);
        EXPECT_FALSE(ImageStore(c).find(repository, "d").has_value());
        auto pushed = ImageStore(c).find_pushed("a", manifest_of("one").digest()).value();
        EXPECT_EQ(pushed.pushed_at, noon);
        EXPECT_EQ(pushed.image_size, 1'000u);
        EXPECT_FALSE(ImageStore(c).find_pushed("b", manifest_of("one").digest()).has_value());
    });
}

TEST_P(StoreContract, OffersManifestsUntilTheirFactsAreKnown) {
    write([&](sql::Connection& c) {
        RowId one = put(c, "a", manifest_of("one"), {});
        RowId two = put(c, "a", manifest_of("two"), {});
        ManifestStore(c).refer_to_child(two, one);
        auto rows = ImageStore(c).list_undescribed(0, 10);
        ASSERT_EQ(rows.size(), 2u);
        EXPECT_EQ(rows.at(0).id, one);
        EXPECT_EQ(rows.at(1).digest, manifest_of("two").digest());
        EXPECT_EQ(ImageStore(c).list_undescribed(one, 10).size(), 1u);
        ImageStore(c).describe(one, {7, ""});
        EXPECT_EQ(ImageStore(c).list_undescribed(0, 10).size(), 1u) << "an artifact has no platform, and that is known";
        ChildRow child = ManifestStore(c).find_child(rows.at(0).repository, manifest_of("one").digest()).value();
        EXPECT_EQ(child.id, one);
        EXPECT_EQ(child.facts.image_size, 7u);
        auto sizes = ImageStore(c).list_child_sizes(two);
        ASSERT_EQ(sizes.size(), 1u);
        EXPECT_EQ(sizes.at(0).first, manifest_of("one").digest());
        EXPECT_EQ(sizes.at(0).second, 7u);
    });
}

TEST_P(StoreContract, ThinsSamplesOfTheUseOfStorage) {
    write([&](sql::Connection& c) {
        StorageSampleStore samples(c);
        for (int quarter = 0; quarter < 8; ++quarter)
            samples.put({noon + quarter * std::chrono::minutes(15), {.objects = static_cast<std::uint64_t>(quarter)}});
        samples.put({noon, {.objects = 100, .bytes = 1}});
        auto all = samples.list(noon, later, std::chrono::milliseconds(1));
        ASSERT_EQ(all.size(), 5u) << "both ends belong to it";
        EXPECT_EQ(all.at(0).totals.objects, 100u) << "the second sample of a moment replaces the first";
        EXPECT_EQ(all.at(4).at, later);
        auto thinner = samples.list(noon, later, std::chrono::minutes(30));
        ASSERT_EQ(thinner.size(), 3u);
        EXPECT_EQ(thinner.at(0).totals.objects, 1u) << "the last of each step";
        EXPECT_EQ(samples.thin(later, std::chrono::hours(1)), 3u);
        EXPECT_EQ(samples.thin(later, std::chrono::hours(1)), 0u);
        EXPECT_EQ(samples.list(noon, later + std::chrono::hours(1), std::chrono::milliseconds(1)).size(), 5u);
        EXPECT_EQ(samples.remove_before(later), 1u);
    });
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContract, every_engine(), engine_name);

// Every earlier schema must come to the newest one; an older program must refuse a newer schema.
class StoreMigrations : public StoreFixture {
protected:
    // Of an empty database.
    std::string fresh_location(std::size_t number) {
        if (GetParam() == sql::Engine::sqlite)
            return (directory / ("fresh" + std::to_string(number) + ".db")).string();
        write([](sql::Connection& connection) {
            connection.execute_once("DROP SCHEMA public CASCADE");
            connection.execute_once("CREATE SCHEMA public");
        });
        return sql::PrivatePostgresql::url();
    }
    static void put_manifest_as_in_version_one(sql::Connection& connection) {
        connection.execute("INSERT INTO repositories (id, name, manifests, updated_at) VALUES (1, 'old', 1, 0)");
        connection.execute("INSERT INTO objects (id, digest, size, touched_at) VALUES (1, :digest, 3, 0)",
                           oci::Digest::of("old").to_string());
        connection.execute("INSERT INTO manifests (repository_id, object_id, media_type, artifact_type, annotations, "
                           "pushed_at) VALUES (1, 1, 'type', '', '', 0)");
    }
};

TEST_P(StoreMigrations, ReachTheNewestSchemaFromEveryEarlierOne) {
    for (std::size_t from = 0; from <= migrations().size(); ++from) {
        auto location = fresh_location(from);
        {
            sql::Database earlier(location, migrations().first(from), pool);
            if (from > 0)
                earlier.write_now(put_manifest_as_in_version_one);
        }
        sql::Database newest(location, migrations(), pool);
        EXPECT_EQ(newest.schema_version_before(), static_cast<std::int64_t>(from));
        newest.write_now([&](sql::Connection& c) {
            auto undescribed = ImageStore(c).list_undescribed(0, 10);
            EXPECT_EQ(undescribed.size(), from > 0 ? 1u : 0u) << "from version " << from;
            StorageSampleStore(c).put({noon, RepositoryStore(c).totals()});
        });
    }
}

// Whoever had repositories before there were projects has one project for each first element of their names.
TEST_P(StoreMigrations, MakeProjectsOfTheRepositoriesThatAreThere) {
    auto location = fresh_location(100);
    {
        sql::Database earlier(location, migrations().first(6), pool);
        earlier.write_now([](sql::Connection& c) {
            auto add = [&c](const char* name, std::int64_t at) {
                c.execute("INSERT INTO repositories (name, updated_at) VALUES (:name, :at)", std::string(name), at);
            };
            add("nginx", 5'000);
            add("team/app", 3'000);
            add("team/deep/app", 2'000);
            add("te-am.1_x/app", 1'000);
        });
    }
    sql::Database newest(location, migrations(), pool);
    newest.write_now([](sql::Connection& c) {
        ProjectStore projects(c);
        std::string text;
        for (const auto& project : projects.list({.all = true}, NameOrder::name, 10, 0)) {
            text += project.name + " " + std::to_string(to_millis(project.created_at)) + ", ";
            EXPECT_FALSE(project.is_public);
            EXPECT_EQ(project.display_name, project.name);
        }
        EXPECT_EQ(text, "nginx 5000, te-am.1_x 1000, team 2000, ");
        auto ownership = RepositoryStore(c).find_ownership("team/app").value();
        EXPECT_EQ(ownership.created_by, "");
        EXPECT_FALSE(ownership.is_private);
        EXPECT_GT(projects.create({.name = "fresh", .display_name = "fresh"}), 0);
    });
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreMigrations, every_engine(), engine_name);

} // namespace
} // namespace cang::store
