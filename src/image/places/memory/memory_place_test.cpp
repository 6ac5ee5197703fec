#include "image/places/memory/memory_place.hpp"

#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::image {

namespace {

oci::Reference ref(std::string_view text) { return *oci::Reference::parse(text); }

class MemoryPlaceTest : public ::testing::Test {
protected:
    std::optional<oci::Descriptor> find(std::string_view text) {
        auto reference = ref(text);
        std::optional<oci::Descriptor> found;
        testing::run_async([&]() -> awaitable<void> { found = co_await place.find(reference); });
        return found;
    }

    std::string read(const oci::Descriptor& blob, std::uint64_t offset) {
        std::string bytes;
        testing::run_async([&]() -> awaitable<void> {
            auto reader = co_await place.open_blob(blob, offset);
            bytes = co_await io::read_all(*reader, 1'000'000);
        });
        return bytes;
    }

    MemoryPlace place;
};

} // namespace

TEST_F(MemoryPlaceTest, FindsByTagAndByDigestWithinTheRepository) {
    auto content = random_image();
    place.add(ref("r.io/a:1"), content);
    EXPECT_EQ(find("r.io/a:1"), content.root().descriptor());
    EXPECT_EQ(find("r.io/a@" + content.root().digest().to_string()), content.root().descriptor());
    EXPECT_FALSE(find("r.io/a:2"));
    EXPECT_FALSE(find("a:1"));
    EXPECT_FALSE(find("b@" + content.root().digest().to_string()));
}

TEST_F(MemoryPlaceTest, OpensBlobsAtAnOffsetAndCountsTheBytes) {
    auto content = random_image();
    place.add(ref("a:1"), content);
    auto config = *content.root().config();
    auto whole = *content.blobs.at(config.digest);
    EXPECT_EQ(read(config, 0), whole);
    EXPECT_EQ(read(config, 10), whole.substr(10));
    EXPECT_EQ(read(config, config.size), "");
    EXPECT_EQ(place.calls().open_blob, 3u);
    EXPECT_EQ(place.calls().bytes_read, 2 * config.size - 10);
}

TEST_F(MemoryPlaceTest, BreaksWhereItWasTold) {
    auto content = random_image();
    place.add(ref("a:1"), content);
    auto config = *content.root().config();
    place.break_blob(config.digest, 10);
    try {
        read(config, 0);
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "the connection broke");
    }
    EXPECT_EQ(place.calls().bytes_read, 10u);
    EXPECT_EQ(read(config, 10).size(), config.size - 10);
}

TEST_F(MemoryPlaceTest, ListsPageByPage) {
    for (auto text : {"b:2", "b:1", "b:3", "a:x", "c:y"})
        place.add(ref(text), random_image());
    std::vector<std::string> first, second, repositories;
    testing::run_async([&]() -> awaitable<void> {
        first = co_await place.list_tags("b", "", 2);
        second = co_await place.list_tags("b", "2", 2);
        repositories = co_await place.list_repositories("a", 10);
    });
    EXPECT_EQ(first, (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(second, (std::vector<std::string>{"3"}));
    EXPECT_EQ(repositories, (std::vector<std::string>{"b", "c"}));
}

TEST_F(MemoryPlaceTest, RefusesManifestsWhoseBlobsAreMissing) {
    auto content = random_image();
    auto target = ref("a:1");
    auto body = [&]() -> awaitable<void> {
        auto delivery = co_await place.begin(target);
        co_await delivery->commit(content.root());
    };
    try {
        testing::run_async(body);
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "blob " + content.root().config()->digest.to_string() + " is missing");
    }
    EXPECT_FALSE(find("a:1"));
}

} // namespace cang::image
