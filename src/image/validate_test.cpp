#include "image/validate.hpp"

#include "image/places/memory/memory_place.hpp"
#include "testing/run_async.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cang::image {

namespace {

class ValidateTest : public ::testing::Test {
protected:
    std::vector<std::string> violations(const oci::Descriptor& root) {
        std::vector<std::string> found;
        testing::run_async([&]() -> awaitable<void> { found = co_await validate(place, root, pool); });
        return found;
    }

    ImageContent add(ImageContent content) {
        place.add(reference, content);
        return content;
    }

    MemoryPlace place;
    async::BlockingPool pool{1};
    oci::Reference reference = *oci::Reference::parse("app:1");
};

using Lines = std::vector<std::string>;

} // namespace

TEST_F(ValidateTest, FindsNothingInWholeImages) {
    EXPECT_EQ(violations(add(random_image()).root().descriptor()), Lines{});
    RandomImageOptions options;
    options.compression = oci::Compression::none;
    options.algorithm = oci::DigestAlgorithm::sha512;
    EXPECT_EQ(violations(add(random_image(options)).root().descriptor()), Lines{});
    auto index = add(random_index({oci::Platform::host(), *oci::Platform::parse("linux/s390x")}));
    EXPECT_EQ(violations(index.root().descriptor()), Lines{});
    EXPECT_EQ(violations(add(random_artifact(1, "x/y")).root().descriptor()), Lines{});
}

TEST_F(ValidateTest, CollectsEveryViolation) {
    auto content = add(random_image());
    auto first = content.root().layers()[0];
    auto second = content.root().layers()[1];
    place.erase_blob(first.digest);
    place.damage_blob(second.digest, *content.blobs.at(second.digest) + "x");
    auto root = content.root().descriptor();
    root.size += 1;
    EXPECT_EQ(violations(root), (Lines{fmt::format("manifest {}: has {} bytes, but its descriptor says {}",
                                                   root.digest.to_string(), root.size - 1, root.size),
                                       fmt::format("layer {0}: there is no blob {0}", first.digest.to_string()),
                                       fmt::format("layer {0}: blob {0} has more than {1} bytes",
                                                   second.digest.to_string(), second.size)}));
}

TEST_F(ValidateTest, ComparesLayersWithTheirDiffIds) {
    auto content = random_image();
    auto other = random_image(RandomImageOptions{.seed = 7});
    content.add(other);
    oci::ManifestParts parts;
    parts.config = *content.manifests[0].config();
    parts.layers = {content.manifests[0].layers()[0], other.root().layers()[0]};
    content.manifests.push_back(oci::make_manifest(parts));
    add(content);
    auto found = violations(content.root().descriptor());
    ASSERT_EQ(found.size(), 1u);
    EXPECT_TRUE(found[0].starts_with(
        fmt::format("layer {}: its content is sha256:", other.root().layers()[0].digest.to_string())))
        << found[0];
    EXPECT_NE(found[0].find(", but the config's diff ID is sha256:"), std::string::npos);
}

TEST_F(ValidateTest, CountsLayersAgainstDiffIds) {
    auto content = random_image();
    oci::ManifestParts parts;
    parts.config = *content.root().config();
    parts.layers = {content.root().layers()[0]};
    content.manifests.push_back(oci::make_manifest(parts));
    add(content);
    EXPECT_EQ(violations(content.root().descriptor()),
              Lines{fmt::format("manifest {}: has 1 layers, but its config has 2 diff IDs",
                                content.root().digest().to_string())});
}

TEST_F(ValidateTest, ReadsTheConfig) {
    ImageContent content;
    oci::ManifestParts parts;
    parts.config = content.add_blob("{}", std::string(oci::media_type::oci_config));
    content.manifests.push_back(oci::make_manifest(parts));
    add(content);
    EXPECT_EQ(violations(content.root().descriptor()),
              Lines{fmt::format("config {}: rootfs is missing", parts.config.digest.to_string())});
}

TEST_F(ValidateTest, NamesMissingChildren) {
    oci::IndexParts parts;
    parts.manifests = {random_image().root().descriptor()};
    ImageContent content;
    content.manifests = {oci::make_index(parts)};
    add(content);
    EXPECT_EQ(violations(content.root().descriptor()),
              Lines{fmt::format("manifest {0}: there is no manifest {0}", parts.manifests[0].digest.to_string())});
}

} // namespace cang::image
