#include "image/diff.hpp"

#include "image/places/memory/memory_place.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::image {

namespace {

class DiffTest : public ::testing::Test {
protected:
    ImageView load(const ImageContent& content, std::optional<oci::Platform> platform = {}) {
        auto reference = *oci::Reference::parse("app:1");
        place.add(reference, content);
        ImageView view;
        testing::run_async([&]() -> awaitable<void> { view = co_await load_image(place, reference, platform); });
        return view;
    }

    MemoryPlace place;
};

} // namespace

TEST_F(DiffTest, OfEqualImagesIsEmpty) {
    auto image = load(random_image());
    auto result = diff(image, image);
    EXPECT_TRUE(result.empty());
    EXPECT_EQ(result.shared, image.manifest.layers());
    EXPECT_EQ(result.size_difference, 0);
}

TEST_F(DiffTest, NamesChangedFields) {
    RandomImageOptions options;
    options.labels = {{"gone", "1"}, {"kept", "2"}, {"changed", "3"}};
    auto before = load(random_image(options));
    options.labels = {{"kept", "2"}, {"changed", "4"}, {"fresh", "5"}};
    auto after = load(random_image(options));
    after.config.env = {"PATH=/bin"};
    after.config.user = "nobody";
    EXPECT_EQ(diff(before, after).fields, (std::vector<FieldChange>{{"env PATH", "/usr/bin:/bin", "/bin"},
                                                                    {"env SEED", "1", std::nullopt},
                                                                    {"label changed", "3", "4"},
                                                                    {"label fresh", std::nullopt, "5"},
                                                                    {"label gone", "1", std::nullopt},
                                                                    {"user", std::nullopt, "nobody"}}));
}

TEST_F(DiffTest, TellsSharedRemovedAndAddedLayers) {
    RandomImageOptions options;
    auto before = load(random_image(options));
    options.layers = 3;
    auto after = load(random_image(options));
    auto grown = diff(before, after);
    EXPECT_EQ(grown.shared, before.manifest.layers());
    EXPECT_EQ(grown.added, std::vector{after.manifest.layers()[2]});
    EXPECT_TRUE(grown.removed.empty());
    EXPECT_EQ(grown.size_difference, static_cast<std::int64_t>(stored_bytes(after.manifest)) -
                                         static_cast<std::int64_t>(stored_bytes(before.manifest)));
    EXPECT_GT(grown.size_difference, 0);
    EXPECT_EQ(diff(after, before).removed, grown.added);
}

TEST_F(DiffTest, KnowsALayerThatWasOnlyCompressed) {
    RandomImageOptions options;
    auto packed = load(random_image(options));
    options.compression = oci::Compression::none;
    auto plain = load(random_image(options));
    auto result = diff(packed, plain);
    EXPECT_EQ(result.shared, plain.manifest.layers());
    EXPECT_TRUE(result.added.empty());
    EXPECT_TRUE(result.removed.empty());
}

TEST_F(DiffTest, LoadsThePlatformThatIsAskedFor) {
    auto s390x = *oci::Platform::parse("linux/s390x");
    auto content = random_index({oci::Platform::host(), s390x});
    EXPECT_EQ(load(content).config.platform, oci::Platform::host());
    EXPECT_EQ(load(content, s390x).config.platform, s390x);
    try {
        load(content, *oci::Platform::parse("linux/riscv64"));
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "app:1 is not built for linux/riscv64, only for " +
                                       oci::Platform::host().to_string() + ", linux/s390x");
    }
}

TEST_F(DiffTest, RefusesArtifactsAndWhatIsNotThere) {
    try {
        load(random_artifact(1, "x/sbom"));
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "app:1 is an artifact (x/sbom), not an image");
    }
    auto nowhere = *oci::Reference::parse("none:1");
    auto body = [&]() -> awaitable<void> { co_await load_image(place, nowhere); };
    try {
        testing::run_async(body);
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "none:1 does not exist");
        EXPECT_EQ(error.kind(), ErrorKind::not_found);
    }
}

} // namespace cang::image
