// Lists show what is there now, in any order, page by page.
#include "image/places/warehouse/lists.hpp"

#include "image/places/warehouse/database.hpp"
#include "image/places/warehouse/usage_history.hpp"
#include "image/places/warehouse/warehouse_fixture.hpp"
#include "image/random.hpp"

#include <fmt/format.h>
#include <iterator>
#include <random>
#include <sstream>

namespace cang::warehouse {
namespace {

using cang::testing::run_async;
using Names = std::vector<std::string>;

class WarehouseLists : public WarehouseFixture {
protected:
    // `tags` with spaces between.
    awaitable<oci::Digest> push(image::ImageContent content, std::string repository, std::string tags) {
        for (const auto& [digest, bytes] : content.blobs)
            co_await push_blob(*warehouse, repository, *bytes);
        auto digest = content.root().digest();
        std::istringstream words(tags);
        std::vector<std::string> each{std::istream_iterator<std::string>(words), {}};
        co_await warehouse->put_manifests(repository, std::move(content.manifests), std::move(each));
        clock.advance(std::chrono::seconds(1));
        co_return digest;
    }
    awaitable<void> push(std::uint64_t seed, std::string repository, std::string tags) {
        image::RandomImageOptions options{.seed = seed, .layer_bytes = 1000 * seed};
        auto content = image::random_image(options);
        co_await push(std::move(content), std::move(repository), std::move(tags));
    }
    static Names names_of(const Page<ImageEntry>& page) {
        Names names;
        for (const auto& image : page.entries)
            names.push_back(image.repository + ":" + image.tag);
        return names;
    }
    static Names names_of(const Page<RepositoryEntry>& page) {
        Names names;
        for (const auto& repository : page.entries)
            names.push_back(repository.name);
        return names;
    }
    awaitable<Names> names(ImageQuery query) {
        auto page = co_await list_images(*warehouse, std::move(query));
        co_return names_of(page);
    }
    awaitable<Names> search(std::string text) {
        ImageQuery query{.search = std::move(text)};
        co_return co_await names(std::move(query));
    }
    // Through all pages, and that every page tells the same total.
    awaitable<Names> walk(ImageQuery query) {
        Names all;
        std::optional<std::uint64_t> total;
        do {
            auto page = co_await list_images(*warehouse, query);
            auto more = names_of(page);
            all.insert(all.end(), more.begin(), more.end());
            EXPECT_EQ(page.total, total.value_or(page.total));
            total = page.total;
            query.page.after = page.next;
        } while (query.page.after);
        EXPECT_EQ(all.size(), total);
        co_return all;
    }

    const ImageQuery all_images;
    const RepositoryQuery all_repositories;
};

TEST_F(WarehouseLists, SearchRepositoriesAndTagsTogether) {
    run_async([&]() -> awaitable<void> {
        co_await push(1, "team/web", "v1 RC-2");
        co_await push(2, "team/api", "v1");
        auto all = co_await search("");
        EXPECT_EQ(all, (Names{"team/api:v1", "team/web:RC-2", "team/web:v1"}));
        auto by_repository = co_await search("WEB");
        EXPECT_EQ(by_repository, (Names{"team/web:RC-2", "team/web:v1"}));
        auto by_tag = co_await search("rc");
        EXPECT_EQ(by_tag, (Names{"team/web:RC-2"}));
        auto by_both = co_await search("api:v1");
        EXPECT_EQ(by_both, (Names{"team/api:v1"}));
        auto by_start_of_tag = co_await search("web:r");
        EXPECT_EQ(by_start_of_tag, (Names{"team/web:RC-2"}));
        auto none = co_await search("web:c");
        EXPECT_TRUE(none.empty()) << "what follows the colon begins the tag";
        auto literal = co_await search("%");
        EXPECT_TRUE(literal.empty());
    });
}

TEST_F(WarehouseLists, TellWhatAnImageIs) {
    run_async([&]() -> awaitable<void> {
        image::RandomImageOptions options{.seed = 7, .platform = {"linux", "arm64", "v8", "", {}}};
        auto content = image::random_image(options);
        std::uint64_t size = content.root().config()->size;
        for (const auto& layer : content.root().layers())
            size += layer.size;
        auto digest = co_await push(std::move(content), "a", "latest");
        auto page = co_await list_images(*warehouse, all_images);
        EXPECT_EQ(page.total, 1u);
        const auto& image = page.entries.at(0);
        EXPECT_EQ(image.digest, digest);
        EXPECT_EQ(image.media_type, oci::media_type::oci_manifest);
        EXPECT_EQ(image.size, size);
        EXPECT_EQ(image.platforms, Names{"linux/arm64/v8"});
        EXPECT_EQ(image.updated_at, clock.now() - std::chrono::seconds(1));
    });
}

TEST_F(WarehouseLists, AddUpTheImagesOfAnIndex) {
    run_async([&]() -> awaitable<void> {
        std::vector<oci::Platform> platforms{{"linux", "amd64", "", "", {}}, {"linux", "arm", "v7", "", {}}};
        auto content = image::random_index(platforms);
        std::uint64_t size = 0;
        for (const auto& manifest : content.manifests)
            for (const auto& blob : manifest.blobs())
                size += blob.size;
        auto digest = co_await push(std::move(content), "a", "latest");
        auto page = co_await list_images(*warehouse, all_images);
        EXPECT_EQ(page.entries.at(0).size, size);
        EXPECT_EQ(page.entries.at(0).platforms, (Names{"linux/amd64", "linux/arm/v7"}));
        auto record = co_await find_image(*warehouse, "a", digest);
        EXPECT_EQ(record.value().size, size);
        EXPECT_EQ(record.value().image_sizes.size(), 2u);
        EXPECT_EQ(record.value().tags, Names{"latest"});
    });
}

TEST_F(WarehouseLists, FindImagesThatRunOnAPlatform) {
    run_async([&]() -> awaitable<void> {
        image::RandomImageOptions arm{.seed = 1, .platform = {"linux", "arm64", "v8", "", {}}};
        auto arm_image = image::random_image(arm);
        co_await push(std::move(arm_image), "a", "arm");
        co_await push(2, "a", "amd");
        auto artifact = image::random_artifact(3, "application/vnd.test");
        co_await push(std::move(artifact), "a", "artifact");
        ImageQuery query{.platform = oci::Platform{"linux", "arm64", "", "", {}}};
        auto found = co_await names(query);
        EXPECT_EQ(found, Names{"a:arm"});
        query.platform = oci::Platform{"linux", "riscv64", "", "", {}};
        auto none = co_await names(query);
        EXPECT_TRUE(none.empty());
    });
}

TEST_F(WarehouseLists, PageInEveryOrderWithoutGapOrRepetition) {
    run_async([&]() -> awaitable<void> {
        for (std::uint64_t i = 0; i < 12; ++i)
            co_await push(1 + i % 3, fmt::format("r{}", i * 7 % 5), fmt::format("t{} latest", i));
        for (Sort sort : {Sort::name, Sort::updated_at, Sort::size}) {
            ImageQuery query{.page = {.sort = sort, .limit = 100}};
            auto expected = co_await names(query);
            EXPECT_EQ(expected.size(), 17u);
            query.page.limit = 3;
            auto walked = co_await walk(query);
            EXPECT_EQ(walked, expected);
            query.page.descending = true;
            auto backwards = co_await walk(query);
            std::ranges::reverse(expected);
            EXPECT_EQ(backwards, expected);
            query.page.offset = 5;
            auto jumped = co_await names(query);
            EXPECT_EQ(jumped, Names(expected.begin() + 5, expected.begin() + 8));
            query.page.offset = 17;
            auto beyond = co_await list_images(*warehouse, query);
            EXPECT_TRUE(beyond.entries.empty());
            EXPECT_EQ(beyond.total, 17u);
            EXPECT_FALSE(beyond.next.has_value());
        }
    });
}

TEST_F(WarehouseLists, GoOnWhereAPageEndedThoughItsLastEntryIsGone) {
    run_async([&]() -> awaitable<void> {
        co_await push(1, "a", "1 2 3");
        co_await push(2, "b", "1");
        for (bool descending : {false, true}) {
            ImageQuery query{.page = {.descending = descending, .limit = 2}};
            auto first = co_await list_images(*warehouse, query);
            co_await warehouse->delete_tag(first.next.value().repository, first.next.value().tag);
            query.page.after = first.next;
            auto second = co_await names(query);
            Names expected = descending ? Names{"a:1"} : Names{"a:3", "b:1"};
            EXPECT_EQ(second, expected);
        }
        Position gone{.repository = "aa", .tag = "x"};
        ImageQuery query{.page = {.after = gone}};
        auto rest = co_await names(query);
        EXPECT_EQ(rest, Names{"b:1"});
    });
}

TEST_F(WarehouseLists, ShowEveryWriteThatWasAcknowledged) {
    run_async([&]() -> awaitable<void> {
        co_await push(1, "a", "1");
        auto first = co_await search("");
        EXPECT_EQ(first, Names{"a:1"});
        co_await push(2, "a", "1 0 2");
        co_await push(3, "b", "1");
        auto pushed = co_await search("");
        EXPECT_EQ(pushed, (Names{"a:0", "a:1", "a:2", "b:1"}));
        auto page = co_await list_images(*warehouse, all_images);
        EXPECT_EQ(page.entries.at(0).digest, page.entries.at(1).digest);
        bool tagged = co_await warehouse->tag_manifest("b", page.entries.at(3).digest, "stable");
        EXPECT_TRUE(tagged);
        bool absent = co_await warehouse->tag_manifest("b", page.entries.at(0).digest, "wrong");
        EXPECT_FALSE(absent);
        co_await warehouse->delete_tag("a", "2");
        auto retagged = co_await search("");
        EXPECT_EQ(retagged, (Names{"a:0", "a:1", "b:1", "b:stable"}));
        co_await warehouse->delete_manifest("a", page.entries.at(0).digest);
        co_await warehouse->delete_repository("b");
        auto deleted = co_await search("");
        EXPECT_TRUE(deleted.empty());
        auto repositories = co_await list_repositories(*warehouse, all_repositories);
        EXPECT_EQ(names_of(repositories), Names{"a"}) << "it still has the first image, without a tag";
    });
}

TEST_F(WarehouseLists, AgreeWithTheDatabaseAfterManyChanges) {
    run_async([&]() -> awaitable<void> {
        std::mt19937 random(42);
        auto pick = [&random](int count) { return std::to_string(random() % static_cast<unsigned>(count)); };
        for (int round = 0; round < 60; ++round) {
            auto repository = "r" + pick(4);
            auto tag = "t" + pick(8);
            switch (random() % 8) {
            case 0: co_await warehouse->delete_tag(repository, tag); break;
            case 1: co_await warehouse->delete_repository(repository); break;
            default: co_await push(1 + random() % 3, repository, "latest"); break;
            }
            Names expected;
            for (int i = 0; i < 4; ++i) {
                auto name = fmt::format("r{}", i);
                auto tags = co_await warehouse->list_tags(name, "", 100);
                for (const auto& entry : tags)
                    expected.push_back(name + ":" + entry.tag);
            }
            auto shown = co_await search("");
            EXPECT_EQ(shown, expected) << "round " << round;
        }
    });
}

TEST_F(WarehouseLists, ListRepositoriesInEveryOrder) {
    run_async([&]() -> awaitable<void> {
        co_await push(1, "c", "1");
        co_await push(1, "a", "1 2");
        co_await push(1, "b", "");
        RepositoryQuery query{.page = {.sort = Sort::tags, .descending = true, .limit = 2}};
        auto most_tags = co_await list_repositories(*warehouse, query);
        EXPECT_EQ(names_of(most_tags), (Names{"a", "c"}));
        EXPECT_EQ(most_tags.total, 3u);
        query.page.after = most_tags.next;
        auto rest = co_await list_repositories(*warehouse, query);
        EXPECT_EQ(names_of(rest), Names{"b"});
        EXPECT_FALSE(rest.next.has_value());
        RepositoryQuery newest{.page = {.sort = Sort::updated_at, .descending = true}};
        auto by_time = co_await list_repositories(*warehouse, newest);
        EXPECT_EQ(names_of(by_time), (Names{"b", "a", "c"}));
        EXPECT_EQ(by_time.entries.at(1).tags, 2u);
        RepositoryQuery after_gone{.page = {.after = Position{.repository = "aa"}}};
        auto later = co_await list_repositories(*warehouse, after_gone);
        EXPECT_EQ(names_of(later), (Names{"b", "c"}));
        auto one = co_await find_repository(*warehouse, "a");
        EXPECT_EQ(one.value().tags, 2u);
        auto none = co_await find_repository(*warehouse, "d");
        EXPECT_FALSE(none.has_value());
    });
}

TEST_F(WarehouseLists, DescribeImagesThatAnEarlierVersionPut) {
    run_async([&]() -> awaitable<void> {
        std::vector<oci::Platform> platforms{{"linux", "amd64", "", "", {}}, {"linux", "s390x", "", "", {}}};
        auto index = image::random_index(platforms);
        co_await push(std::move(index), "a", "index");
        co_await push(5, "a", "image");
        auto before = co_await list_images(*warehouse, all_images);
        auto undo = [](sql::Connection& connection) {
            connection.execute("UPDATE manifests SET platforms = NULL, image_size = 0");
        };
        co_await database_of(*warehouse).write(undo);
        open();
        auto bare = co_await list_images(*warehouse, all_images);
        EXPECT_EQ(bare.entries.at(0).size, 0u);
        co_await prepare_lists(*warehouse);
        auto after = co_await list_images(*warehouse, all_images);
        EXPECT_EQ(after.total, 2u);
        for (std::size_t i = 0; i < 2; ++i) {
            EXPECT_EQ(after.entries.at(i).size, before.entries.at(i).size);
            EXPECT_EQ(after.entries.at(i).platforms, before.entries.at(i).platforms);
        }
    });
}

TEST_F(WarehouseLists, KeepAHistoryOfTheUseOfStorage) {
    run_async([&]() -> awaitable<void> {
        for (int hour = 0; hour < 4; ++hour) {
            co_await record_usage(*warehouse);
            co_await push(1 + static_cast<std::uint64_t>(hour), "a", "latest");
            clock.advance(std::chrono::hours(1));
        }
        auto all = co_await list_usage_history(*warehouse, std::nullopt, std::nullopt, 100);
        EXPECT_EQ(all.size(), 4u);
        EXPECT_EQ(all.at(0).usage.objects, 0u);
        EXPECT_EQ(all.at(3).usage.manifests, 3u);
        EXPECT_LT(all.at(2).usage.bytes, all.at(3).usage.bytes);
        auto recent = co_await list_usage_history(*warehouse, clock.now() - std::chrono::hours(2), std::nullopt, 100);
        EXPECT_EQ(recent.size(), 1u);
        clock.advance(std::chrono::days(400));
        co_await record_usage(*warehouse);
        auto later = co_await list_usage_history(*warehouse, Timestamp(), std::nullopt, 100);
        EXPECT_EQ(later.size(), 1u) << "the rest is older than a year";
    });
}

} // namespace
} // namespace cang::warehouse
