#include "image/copy_plan.hpp"

#include "image/random.hpp"

#include <gtest/gtest.h>

namespace cang::image {

namespace {

const oci::Platform kAmd64{"linux", "amd64", "", "", {}};
const oci::Platform kArm64{"linux", "arm64", "v8", "", {}};
const oci::Platform kS390x{"linux", "s390x", "", "", {}};

// Everything of `content` loaded.
ManifestGraph graph_of(const ImageContent& content) {
    ManifestGraph graph;
    graph.root = content.root();
    for (const auto& manifest : content.manifests)
        if (manifest.digest() != graph.root.digest())
            graph.manifests.emplace(manifest.digest(), manifest);
    return graph;
}

oci::Manifest index_of(std::vector<oci::Descriptor> children) {
    oci::IndexParts parts;
    parts.manifests = std::move(children);
    return oci::make_index(parts);
}

std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.message();
    }
    return "nothing was thrown";
}

} // namespace

TEST(CopyPlan, SendsTheLargestBlobFirstInOneOrderOnly) {
    oci::ManifestParts parts;
    parts.config.media_type = oci::media_type::oci_config;
    parts.config.digest = oci::Digest::of("config");
    parts.config.size = 20;
    for (std::uint64_t size : {10U, 30U, 20U, 30U}) {
        oci::Descriptor layer;
        layer.media_type = oci::media_type::oci_layer_gzip;
        layer.digest = oci::Digest::of(std::to_string(parts.layers.size()));
        layer.size = size;
        parts.layers.push_back(layer);
    }
    ManifestGraph graph;
    graph.root = oci::make_manifest(parts);
    auto plan = make_plan(graph, {});
    std::vector<std::uint64_t> sizes;
    for (const auto& blob : plan.blobs)
        sizes.push_back(blob.size);
    EXPECT_EQ(sizes, (std::vector<std::uint64_t>{30, 30, 20, 20, 10}));
    EXPECT_EQ(plan.bytes, 110u);
    std::ranges::reverse(parts.layers);
    graph.root = oci::make_manifest(parts);
    EXPECT_EQ(make_plan(graph, {}).blobs, plan.blobs);
}

TEST(CopyPlan, SendsEveryBlobOfAnImage) {
    auto content = random_image();
    auto plan = make_plan(graph_of(content), {});
    EXPECT_TRUE(std::ranges::is_permutation(plan.blobs, content.root().blobs()));
    EXPECT_EQ(plan.bytes, plan.blobs[0].size + plan.blobs[1].size + plan.blobs[2].size);
    EXPECT_EQ(plan.images.size(), 1u);
    EXPECT_TRUE(plan.levels.empty());
}

TEST(CopyPlan, SendsEqualBlobsOnce) {
    RandomImageOptions options;
    auto first = random_image(options);
    options.labels = {{"a", "b"}}; // another config, the same layers
    auto second = random_image(options);
    ImageContent both;
    both.add(first);
    both.add(second);
    both.manifests.push_back(index_of({first.root().descriptor(), second.root().descriptor()}));
    auto plan = make_plan(graph_of(both), {});
    EXPECT_EQ(plan.blobs.size(), 4u);
    EXPECT_EQ(plan.images.size(), 2u);
}

TEST(CopyPlan, PutsChildrenBeforeTheIndexesThatNameThem) {
    auto inner = random_index({kAmd64, kArm64});
    auto image = random_image();
    ImageContent content;
    content.add(inner);
    content.add(image);
    content.manifests.push_back(index_of({inner.root().descriptor(), image.root().descriptor()}));
    auto plan = make_plan(graph_of(content), {});
    ASSERT_EQ(plan.levels.size(), 2u);
    EXPECT_EQ(plan.levels[0].size(), 3u);
    ASSERT_EQ(plan.levels[1].size(), 1u);
    EXPECT_EQ(plan.levels[1][0].digest(), inner.root().digest());
}

TEST(CopyPlan, LeavesOutWhatWasNotLoaded) {
    auto content = random_index({kAmd64, kArm64});
    ManifestGraph graph;
    graph.root = content.root();
    auto plan = make_plan(graph, {});
    EXPECT_TRUE(plan.blobs.empty());
    EXPECT_TRUE(plan.levels.empty());
}

TEST(CopyPlan, LeavesForeignLayersOutWhereTheTargetKeepsLayersAsTheyAre) {
    oci::ManifestParts parts;
    parts.config.media_type = oci::media_type::docker_config;
    parts.layers.resize(1);
    parts.layers[0].media_type = oci::media_type::docker_foreign_layer;
    parts.layers[0].digest = oci::Digest::of("foreign");
    ManifestGraph graph;
    graph.root = oci::make_manifest(parts);
    EXPECT_EQ(make_plan(graph, {}).blobs.size(), 1u);
    SinkTraits unpacks;
    unpacks.compressed_layers = false;
    EXPECT_EQ(make_plan(graph, unpacks).blobs.size(), 2u);
}

TEST(CopyPlan, SendsTheLayersThatABuildCacheListsInItsIndex) {
    oci::Descriptor layer;
    layer.media_type = oci::media_type::oci_layer_gzip;
    layer.digest = oci::Digest::of("cache");
    ManifestGraph graph;
    graph.root = index_of({layer});
    auto plan = make_plan(graph, {});
    ASSERT_EQ(plan.blobs.size(), 1u);
    EXPECT_EQ(plan.blobs[0], layer);
    EXPECT_TRUE(plan.images.empty());
}

TEST(KeepPlatforms, MakesASmallerIndex) {
    auto index = random_index({kAmd64, kArm64, kS390x}).root();
    auto smaller = keep_platforms(index, std::vector{kS390x, kAmd64}, "app");
    ASSERT_EQ(smaller.manifests().size(), 2u);
    EXPECT_EQ(smaller.manifests()[0], index.manifests()[0]);
    EXPECT_EQ(smaller.manifests()[1], index.manifests()[2]);
    EXPECT_EQ(smaller.media_type(), index.media_type());
}

TEST(KeepPlatforms, KeepsTheIndexAndItsDigestWhenNothingIsLeftOut) {
    auto index = random_index({kAmd64, kArm64}).root();
    EXPECT_EQ(keep_platforms(index, std::vector{kArm64, kAmd64}, "app").digest(), index.digest());
}

TEST(KeepPlatforms, KeepsTheAttestationsOfWhatItKeeps) {
    auto index = random_index({kAmd64, kArm64}).root();
    auto children = index.manifests();
    for (std::size_t i = 0; i < 2; ++i) {
        oci::Descriptor attestation;
        attestation.media_type = oci::media_type::oci_manifest;
        attestation.digest = oci::Digest::of(std::to_string(i));
        attestation.platform = oci::Platform{"unknown", "unknown", "", "", {}};
        attestation.annotations = {{"vnd.docker.reference.digest", index.manifests()[i].digest.to_string()}};
        children.push_back(attestation);
    }
    auto smaller = keep_platforms(index_of(children), std::vector{kArm64}, "app");
    ASSERT_EQ(smaller.manifests().size(), 2u);
    EXPECT_EQ(smaller.manifests()[0], children[1]);
    EXPECT_EQ(smaller.manifests()[1], children[3]);
}

TEST(KeepPlatforms, SaysWhatIsMissingAndWhatThereIs) {
    auto index = random_index({kAmd64, kArm64}).root();
    EXPECT_EQ(message_of([&] { keep_platforms(index, std::vector{kAmd64, kS390x}, "r.io/app:1"); }),
              "r.io/app:1 is not built for linux/s390x, only for linux/amd64, linux/arm64/v8");
}

TEST(ChoosePlatform, PrefersTheHostAndElseTakesTheOnlyOne) {
    EXPECT_EQ(choose_platform(random_index({kAmd64, kArm64}).root(), kArm64, "app"), kArm64);
    EXPECT_EQ(choose_platform(random_index({kS390x}).root(), kArm64, "app"), kS390x);
}

TEST(ChoosePlatform, AsksWhenItCannotTell) {
    EXPECT_EQ(message_of([&] { choose_platform(random_index({kAmd64, kArm64}).root(), kS390x, "app"); }),
              "app is built for linux/amd64, linux/arm64/v8; one is needed here and none is this machine's "
              "(linux/s390x): choose a platform");
    EXPECT_EQ(message_of([&] { choose_platform(index_of({}), kS390x, "app"); }),
              "app is an index without platforms; a single image is needed here");
}

} // namespace cang::image
