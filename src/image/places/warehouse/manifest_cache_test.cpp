#include "image/places/warehouse/manifest_cache.hpp"

#include <gtest/gtest.h>

namespace cang::warehouse {
namespace {

StoredManifestPtr make_stored(std::string bytes) {
    auto digest = oci::Digest::of(std::string_view(bytes));
    return std::make_shared<const StoredManifest>(StoredManifest{
        digest, digest.to_string(), "type", std::make_shared<const std::string>(std::move(bytes)), false});
}

TEST(ManifestCache, KeepsRepositoriesAndReferencesApart) {
    ManifestCache cache(1 << 20);
    auto manifest = make_stored("one");
    cache.insert("a/b", "c", manifest, cache.ticket("a/b", "c"));
    EXPECT_EQ(cache.find("a/b", "c").manifest, manifest);
    EXPECT_EQ(cache.find("a", "b/c").manifest, nullptr);
    EXPECT_EQ(cache.find("a/b", "d").manifest, nullptr);
}

TEST(ManifestCache, RefusesWhatWasReadBeforeAWrite) {
    ManifestCache cache(1 << 20);
    auto ticket = cache.ticket("a", "latest");
    cache.erase("a", "latest");
    cache.insert("a", "latest", make_stored("stale"), ticket);
    EXPECT_EQ(cache.find("a", "latest").manifest, nullptr);
}

TEST(ManifestCache, RefusesWhatWasReadBeforeItsRepositoryWent) {
    ManifestCache cache(1 << 20);
    cache.insert("a", "kept", make_stored("one"), cache.ticket("a", "kept"));
    cache.insert("b", "kept", make_stored("one"), cache.ticket("b", "kept"));
    auto ticket = cache.ticket("a", "latest");
    cache.erase_repository("a");
    cache.insert("a", "latest", make_stored("stale"), ticket);
    EXPECT_EQ(cache.find("a", "latest").manifest, nullptr);
    EXPECT_EQ(cache.find("a", "kept").manifest, nullptr);
    EXPECT_TRUE(cache.find("b", "kept").manifest != nullptr);
}

TEST(ManifestCache, StaysWithinItsBytesAndKeepsWhatIsUsed) {
    constexpr std::size_t limit = 1 << 20;
    ManifestCache cache(limit);
    cache.insert("a", "hot", make_stored("hot"), cache.ticket("a", "hot"));
    for (int i = 0; i < 3000; ++i) {
        std::string tag = std::to_string(i);
        cache.insert("a", tag, make_stored(std::string(1000, 'x')), cache.ticket("a", tag));
        EXPECT_TRUE(cache.find("a", "hot").manifest != nullptr);
    }
    EXPECT_LE(cache.bytes(), limit);
    EXPECT_GT(cache.bytes(), limit / 2);
    EXPECT_EQ(cache.find("a", "0").manifest, nullptr);
}

TEST(ManifestCache, NeverTakesAManifestLargerThanAShard) {
    ManifestCache cache(1 << 20);
    cache.insert("a", "large", make_stored(std::string(1 << 19, 'x')), cache.ticket("a", "large"));
    EXPECT_EQ(cache.bytes(), 0u);
}

TEST(ManifestCache, AsksForATouchOncePerInterval) {
    ManifestCache cache(1 << 20);
    cache.insert("a", "b", make_stored("one"), cache.ticket("a", "b"));
    Timestamp now{std::chrono::hours(1)};
    EXPECT_TRUE(cache.find("a", "b", now, std::chrono::seconds(10)).touch_due);
    EXPECT_FALSE(cache.find("a", "b", now + std::chrono::seconds(9), std::chrono::seconds(10)).touch_due);
    EXPECT_TRUE(cache.find("a", "b", now + std::chrono::seconds(10), std::chrono::seconds(10)).touch_due);
    EXPECT_FALSE(cache.find("a", "b").touch_due);
}

} // namespace
} // namespace cang::warehouse
