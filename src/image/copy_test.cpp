#include "image/copy.hpp"

#include "image/places/memory/memory_place.hpp"
#include "testing/run_async.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cang::image {

namespace {

const oci::Platform kAmd64{"linux", "amd64", "", "", {}};
const oci::Platform kArm64{"linux", "arm64", "v8", "", {}};
const oci::Platform kS390x{"linux", "s390x", "", "", {}};

oci::Reference ref(std::string_view text) { return *oci::Reference::parse(text); }

// Writes down what a copy tells.
class RecordedProgress final : public CopyProgress {
public:
    void planned(std::size_t blobs, std::uint64_t bytes) override {
        lines.push_back(fmt::format("planned {} blobs, {} bytes", blobs, bytes));
    }
    void blob_started(const oci::Descriptor&) override { ++started; }
    void blob_advanced(const oci::Descriptor&, std::uint64_t bytes) override { advanced += bytes; }
    void blob_finished(const oci::Descriptor&, bool skipped) override { ++(skipped ? skips : finishes); }
    void retrying(std::string_view what, std::string_view why, std::chrono::milliseconds) override {
        lines.push_back(fmt::format("retrying {}: {}", what, why));
    }
    void manifest_put(const oci::Descriptor& manifest) override { manifests.push_back(manifest.digest); }

    std::vector<std::string> lines;
    std::vector<oci::Digest> manifests;
    std::size_t started = 0, finishes = 0, skips = 0;
    std::uint64_t advanced = 0;
};

class CopyTest : public ::testing::Test {
protected:
    CopyResult run() {
        CopyResult result;
        testing::run_async(
            [&]() -> awaitable<void> { result = co_await copy(source, from, target, to, options, progress); });
        return result;
    }

    // The message of the error that run() ends in.
    std::string failure() {
        try {
            run();
        } catch (const Error& error) {
            kind = error.kind();
            return error.message();
        }
        return "nothing was thrown";
    }

    std::optional<oci::Descriptor> shown() {
        std::optional<oci::Descriptor> found;
        testing::run_async([&]() -> awaitable<void> { found = co_await target.find_current(to); });
        return found;
    }

    CopyTest() { options.first_delay = std::chrono::milliseconds(0); }

    MemoryPlace source, target;
    oci::Reference from = ref("r.io/team/app:1"), to = ref("mirror/app:1");
    CopyOptions options;
    RecordedProgress progress;
    ErrorKind kind{};
};

} // namespace

TEST_F(CopyTest, MovesAnImageWithItsDigest) {
    auto content = random_image();
    source.add(from, content);
    auto result = run();
    EXPECT_EQ(result.root, content.root().descriptor());
    EXPECT_FALSE(result.unchanged);
    EXPECT_EQ(result.blobs_copied, 3u);
    EXPECT_EQ(result.blobs_skipped, 0u);
    EXPECT_EQ(result.manifests_copied, 1u);
    EXPECT_EQ(shown()->digest, content.root().digest());
    for (const auto& [digest, bytes] : content.blobs)
        EXPECT_TRUE(target.has_blob(digest));
}

TEST_F(CopyTest, TellsItsProgress) {
    auto content = random_image();
    source.add(from, content);
    auto result = run();
    std::uint64_t bytes = 0;
    for (const auto& blob : content.root().blobs())
        bytes += blob.size;
    EXPECT_EQ(progress.lines, std::vector{fmt::format("planned 3 blobs, {} bytes", bytes)});
    EXPECT_EQ(progress.started, 3u);
    EXPECT_EQ(progress.finishes, 3u);
    EXPECT_EQ(progress.advanced, bytes);
    EXPECT_EQ(result.bytes_copied, bytes);
    EXPECT_EQ(progress.manifests, std::vector{content.root().digest()});
}

TEST_F(CopyTest, CostsOneQuestionAtEachEndWhenNothingChanged) {
    source.add(from, random_index({kAmd64, kArm64}));
    run();
    source.forget_calls();
    target.forget_calls();
    auto result = run();
    EXPECT_TRUE(result.unchanged);
    EXPECT_EQ(result.root.digest, shown()->digest);
    EXPECT_EQ(source.calls().find, 1u);
    EXPECT_EQ(source.calls().get_manifest, 0u);
    EXPECT_EQ(source.calls().open_blob, 0u);
    EXPECT_EQ(target.calls().find_current, 2u); // one of them is shown()'s
    EXPECT_EQ(target.calls().begin, 0u);
}

TEST_F(CopyTest, LooksAgainWhenForced) {
    source.add(from, random_image());
    run();
    options.force = true;
    auto result = run();
    EXPECT_FALSE(result.unchanged);
    EXPECT_EQ(result.blobs_skipped, 3u);
    EXPECT_EQ(result.bytes_copied, 0u);
}

TEST_F(CopyTest, SendsOnlyTheLayersThatTheTargetLacks) {
    RandomImageOptions image;
    source.add(from, random_image(image));
    run();
    image.layers = 3; // the first two are the same
    source.add(from, random_image(image));
    auto result = run();
    EXPECT_EQ(result.blobs_skipped, 2u);
    EXPECT_EQ(result.blobs_copied, 2u); // the config and the third layer
    EXPECT_EQ(progress.skips, 2u);
}

TEST_F(CopyTest, DoesNotEvenReadAManifestThatTheTargetHas) {
    auto image = random_image();
    source.add(from, image);
    run();
    ImageContent both;
    both.add(image);
    oci::IndexParts parts;
    parts.manifests = {image.root().descriptor()};
    both.manifests.push_back(oci::make_index(parts));
    source.add(from, both);
    source.forget_calls();
    target.forget_calls();
    auto result = run();
    EXPECT_EQ(source.calls().get_manifest, 1u); // the index
    EXPECT_EQ(target.calls().has, 1u);
    EXPECT_EQ(result.manifests_copied, 1u);
}

TEST_F(CopyTest, SaysWhichImageDoesNotExist) {
    EXPECT_EQ(failure(), "r.io/team/app:1 does not exist in the source");
    EXPECT_EQ(kind, ErrorKind::not_found);
    EXPECT_EQ(target.calls().begin, 0u);
}

TEST_F(CopyTest, BringsEveryPlatformOfAnIndex) {
    auto content = random_index({kAmd64, kArm64});
    source.add(from, content);
    auto result = run();
    EXPECT_EQ(result.manifests_copied, 3u);
    EXPECT_EQ(shown()->digest, content.root().digest());
    EXPECT_EQ(progress.manifests.back(), content.root().digest());
    EXPECT_EQ(target.calls().announce, 2u);
}

TEST_F(CopyTest, TurnsOnePlatformIntoAPlainImage) {
    auto content = random_index({kAmd64, kArm64});
    source.add(from, content);
    options.platforms = {kArm64};
    auto result = run();
    EXPECT_EQ(result.root.digest, content.root().manifests()[1].digest);
    EXPECT_EQ(result.manifests_copied, 1u);
    auto again = run();
    EXPECT_TRUE(again.unchanged);
}

TEST_F(CopyTest, TurnsSeveralPlatformsIntoASmallerIndex) {
    auto content = random_index({kAmd64, kArm64, kS390x});
    source.add(from, content);
    options.platforms = {kAmd64, kS390x};
    auto result = run();
    EXPECT_EQ(result.root.media_type, oci::media_type::oci_index);
    EXPECT_TRUE(target.has_manifest(content.root().manifests()[2].digest));
    EXPECT_FALSE(target.has_manifest(content.root().manifests()[1].digest));
}

TEST_F(CopyTest, FindsAPlatformInANestedIndex) {
    auto inner = random_index({kArm64});
    ImageContent outer;
    outer.add(inner);
    oci::IndexParts parts;
    parts.manifests = {inner.root().descriptor()};
    outer.manifests.push_back(oci::make_index(parts));
    source.add(from, outer);
    options.platforms = {kArm64};
    EXPECT_EQ(run().root.digest, inner.root().manifests()[0].digest);
}

TEST_F(CopyTest, SaysWhichPlatformIsMissing) {
    source.add(from, random_index({kAmd64, kArm64}));
    options.platforms = {kS390x};
    EXPECT_EQ(failure(), "r.io/team/app:1 is not built for linux/s390x, only for linux/amd64, linux/arm64/v8");
    EXPECT_EQ(kind, ErrorKind::not_found);
}

TEST_F(CopyTest, RefusesASingleImageOfAnotherPlatform) {
    source.add(from, random_image());
    options.platforms = {kArm64};
    EXPECT_EQ(failure(), "r.io/team/app:1 is not built for linux/arm64/v8, only for linux/amd64");
    options.platforms = {kAmd64};
    EXPECT_FALSE(run().unchanged);
}

TEST_F(CopyTest, PicksAPlatformForATargetWithoutIndexes) {
    SinkTraits single;
    single.indexes = false;
    target.set_traits(single);
    auto host = oci::Platform::host();
    auto content = random_index({kS390x, host});
    source.add(from, content);
    EXPECT_EQ(run().root.digest, content.root().manifests()[1].digest);

    options.platforms = {kS390x, host};
    EXPECT_EQ(failure(), "the target holds single images only: choose one platform");
    EXPECT_EQ(kind, ErrorKind::unsupported);
}

TEST_F(CopyTest, RefusesArtifactsForATargetThatHoldsImagesOnly) {
    SinkTraits images;
    images.referrers = false;
    target.set_traits(images);
    source.add(from, random_artifact(1, "x/sbom"));
    EXPECT_EQ(failure(), "r.io/team/app:1 is an artifact (x/sbom); the target holds container images only");
    options.referrers = true;
    EXPECT_EQ(failure(), "the target cannot hold referrers");
}

TEST_F(CopyTest, BringsReferrersOfReferrers) {
    auto image = random_image();
    auto signature = random_artifact(1, "x/signature", image.root().descriptor());
    auto countersignature = random_artifact(2, "x/signature", signature.root().descriptor());
    source.add(from, image);
    source.add(from.with_tag("sig"), signature);
    source.add(from.with_tag("countersig"), countersignature);

    run();
    EXPECT_FALSE(target.has_manifest(signature.root().digest()));
    options.referrers = true;
    auto result = run();
    EXPECT_EQ(result.manifests_copied, 3u);
    EXPECT_TRUE(target.has_manifest(signature.root().digest()));
    EXPECT_TRUE(target.has_manifest(countersignature.root().digest()));
    EXPECT_EQ(shown()->digest, image.root().digest());
}

TEST_F(CopyTest, BringsReferrersOfTheImagesInAnIndex) {
    auto index = random_index({kAmd64, kArm64});
    auto sbom = random_artifact(1, "x/sbom", index.root().manifests()[1]);
    source.add(from, index);
    source.add(from.with_tag("sbom"), sbom);
    options.referrers = true;
    run();
    EXPECT_TRUE(target.has_manifest(sbom.root().digest()));
}

TEST_F(CopyTest, ResumesABrokenBlobWhereItBroke) {
    RandomImageOptions image;
    image.layer_bytes = 100'000;
    image.layers = 1;
    auto content = random_image(image);
    source.add(from, content);
    auto layer = content.root().layers()[0];
    source.break_blob(layer.digest, 20'000, 2);
    auto result = run();
    EXPECT_EQ(shown()->digest, content.root().digest());
    EXPECT_EQ(source.calls().bytes_read, layer.size + content.root().config()->size);
    EXPECT_EQ(result.bytes_copied, source.calls().bytes_read);
    auto retry = fmt::format("retrying layer {}: the connection broke", layer.digest.to_string());
    EXPECT_EQ(std::ranges::count(progress.lines, retry), 2);
}

TEST_F(CopyTest, AsksAgainForManifestsToo) {
    source.add(from, random_image());
    source.break_manifests(2);
    EXPECT_EQ(run().manifests_copied, 1u);
}

TEST_F(CopyTest, GivesUpAfterTheAttemptsAndShowsNothing) {
    auto content = random_image();
    source.add(from, content);
    auto layer = content.root().layers()[1];
    source.break_blob(layer.digest, 0, 1'000);
    options.attempts = 3;
    EXPECT_EQ(failure(), fmt::format("copying layer {}: the connection broke", layer.digest.to_string()));
    EXPECT_EQ(kind, ErrorKind::unavailable);
    EXPECT_FALSE(shown());
    EXPECT_EQ(target.blob_count(), 0u);
    auto retry = fmt::format("retrying layer {}: the connection broke", layer.digest.to_string());
    EXPECT_EQ(std::ranges::count(progress.lines, retry), 2);
}

TEST_F(CopyTest, RefusesBytesThatAreNotTheDigest) {
    auto content = random_image();
    source.add(from, content);
    auto layer = content.root().layers()[0];
    source.damage_blob(layer.digest, random_bytes(9, layer.size));
    EXPECT_EQ(failure(), fmt::format("copying layer {0}: the bytes of blob {0} are not what the digest says",
                                     layer.digest.to_string()));
    EXPECT_EQ(kind, ErrorKind::corrupt);
    EXPECT_FALSE(shown());
}

TEST_F(CopyTest, TakesEmbeddedContentFromTheDescriptor) {
    auto artifact = random_artifact(1, "x/y");
    oci::ManifestParts parts;
    parts.artifact_type = "x/y";
    parts.config = *artifact.root().config();
    parts.config.data = "{}";
    artifact.manifests = {oci::make_manifest(parts)};
    artifact.blobs.clear();
    source.add(from, artifact);
    run();
    EXPECT_EQ(source.calls().open_blob, 0u);
    EXPECT_TRUE(target.has_blob(oci::Digest::of("{}")));
}

TEST_F(CopyTest, ShowsNothingWhenTheTargetRefusesTheRoot) {
    source.add(from, random_image());
    target.refuse_manifests(true);
    EXPECT_EQ(failure(), "the place is read-only");
    EXPECT_FALSE(shown());
}

TEST_F(CopyTest, CommitsAgainWhereThatIsHarmless) {
    auto content = random_image();
    source.add(from, content);
    target.set_traits({.repeatable_commit = true});
    target.break_commits(2);
    auto result = run();
    EXPECT_EQ(result.root.digest, content.root().digest());
    EXPECT_EQ(result.manifests_copied, 1u);
    EXPECT_EQ(target.calls().commit, 3u);
    EXPECT_EQ(target.calls().put_blob, 3u);
    auto line = fmt::format("retrying manifest {}: the server is busy", content.root().digest().to_string());
    EXPECT_EQ(std::ranges::count(progress.lines, line), 2);
}

TEST_F(CopyTest, CommitsOnceWhereACommitMayHaveDoneHalf) {
    source.add(from, random_image());
    target.break_commits(1);
    EXPECT_EQ(failure(), "the server is busy");
    EXPECT_EQ(target.calls().commit, 1u);
    EXPECT_FALSE(shown());
}

TEST_F(CopyTest, BoundsNesting) {
    auto content = random_image();
    for (int i = 0; i < 12; ++i) {
        oci::IndexParts parts;
        parts.manifests = {content.root().descriptor()};
        content.manifests.push_back(oci::make_index(parts));
    }
    source.add(from, content);
    EXPECT_EQ(failure(), "r.io/team/app:1 is nested deeper than 8 levels");
}

TEST_F(CopyTest, BoundsTheNumberOfManifests) {
    ImageContent content;
    for (int i = 0; i < 2; ++i) {
        oci::IndexParts parts;
        for (int j = 0; j < 6'000; ++j) {
            oci::Descriptor child;
            child.media_type = oci::media_type::oci_manifest;
            child.digest = oci::Digest::of(fmt::format("{} {}", i, j));
            parts.manifests.push_back(child);
        }
        content.manifests.push_back(oci::make_index(parts));
    }
    oci::IndexParts parts;
    parts.manifests = {content.manifests[0].descriptor(), content.manifests[1].descriptor()};
    content.manifests.push_back(oci::make_index(parts));
    source.add(from, content);
    EXPECT_EQ(failure(), "r.io/team/app:1 has more than 10000 manifests");
}

namespace {

// Cancels the copy while it waits before the second attempt.
class CancellingProgress final : public CopyProgress {
public:
    CancellingProgress(asio::io_context& context, asio::cancellation_signal& signal)
        : context_(context), signal_(signal) {}
    void retrying(std::string_view, std::string_view, std::chrono::milliseconds) override {
        asio::post(context_, [this] { signal_.emit(asio::cancellation_type::terminal); });
    }

private:
    asio::io_context& context_;
    asio::cancellation_signal& signal_;
};

} // namespace

TEST_F(CopyTest, StopsWhenCancelledAndShowsNothing) {
    auto content = random_image();
    source.add(from, content);
    source.break_blob(content.root().layers()[1].digest, 0, 1'000);
    options.first_delay = std::chrono::hours(1);
    asio::io_context context(1);
    asio::cancellation_signal signal;
    CancellingProgress cancelling(context, signal);
    std::exception_ptr failed;
    auto body = [&]() -> awaitable<void> { co_await copy(source, from, target, to, options, cancelling); };
    asio::co_spawn(context, body,
                   asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr error) { failed = error; }));
    context.run_for(std::chrono::seconds(30));
    ASSERT_TRUE(failed);
    try {
        std::rethrow_exception(failed);
    } catch (...) {
        EXPECT_EQ(current_error().kind(), ErrorKind::cancelled);
    }
    EXPECT_FALSE(shown());
}

} // namespace cang::image
