#include "image/random.hpp"

#include "base/oci/image_config.hpp"

#include <gtest/gtest.h>

namespace cang::image {

TEST(RandomImage, IsEqualForEqualSeeds) {
    EXPECT_EQ(random_image().root().digest(), random_image().root().digest());
    RandomImageOptions other;
    other.seed = 2;
    EXPECT_NE(random_image().root().digest(), random_image(other).root().digest());
}

TEST(RandomImage, HasTheLayersThatItsConfigNames) {
    RandomImageOptions options;
    options.compression = oci::Compression::none;
    options.layers = 3;
    auto content = random_image(options);
    auto config = oci::ImageConfig::parse(*content.blobs.at(content.root().config()->digest));
    ASSERT_TRUE(config) << config.error().reason;
    ASSERT_EQ(config->diff_ids.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(content.root().layers()[i].digest, config->diff_ids[i]);
    EXPECT_EQ(config->platform, options.platform);
}

TEST(RandomImage, ComesInBothFormatsAndAlgorithms) {
    RandomImageOptions options;
    options.docker = true;
    EXPECT_EQ(random_image(options).root().media_type(), oci::media_type::docker_manifest);
    options.algorithm = oci::DigestAlgorithm::sha512;
    auto content = random_image(options);
    EXPECT_EQ(content.root().digest().algorithm(), oci::DigestAlgorithm::sha512);
    EXPECT_EQ(content.root().layers()[0].digest.algorithm(), oci::DigestAlgorithm::sha512);
}

TEST(RandomIndex, NamesItsChildrenInOrder) {
    auto content = random_index({*oci::Platform::parse("linux/amd64"), *oci::Platform::parse("linux/arm64")});
    ASSERT_EQ(content.manifests.size(), 3u);
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_EQ(content.root().manifests()[i].digest, content.manifests[i].digest());
    EXPECT_EQ(content.root().manifests()[1].platform->to_string(), "linux/arm64");
}

TEST(RandomArtifact, RefersToItsSubject) {
    auto subject = random_image().root().descriptor();
    auto content = random_artifact(1, "x/sbom", subject);
    EXPECT_EQ(content.root().artifact_type(), "x/sbom");
    EXPECT_EQ(content.root().subject()->digest, subject.digest);
}

} // namespace cang::image
