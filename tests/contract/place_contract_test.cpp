// The promises of Source, Sink and Delivery, kept by every place.
#include "contract/place_contract.hpp"
#include "image/places/memory/memory_place.hpp"

#include <gtest/gtest.h>

namespace cang::contract {

namespace {

const oci::Platform kS390x{"linux", "s390x", "", "", {}};
constexpr auto kName = "team/app:1";

class PlaceContract : public ::testing::TestWithParam<PlaceFactory> {
protected:
    void run(const std::function<awaitable<void>(Place&)>& body) { with_place(GetParam(), body); }
};

image::BlobOpener opens(std::string bytes) {
    return [bytes = std::move(bytes)](std::uint64_t offset) {
        auto open = [](std::string rest) -> awaitable<io::ReaderPtr> { co_return io::memory_reader(std::move(rest)); };
        return open(bytes.substr(std::min<std::size_t>(offset, bytes.size())));
    };
}

// All blobs of the one image in `content`, announced and put.
awaitable<void> put_blobs(image::Delivery& delivery, const image::ImageContent& content) {
    auto open_config = opens(*content.blobs.at(content.root().config()->digest));
    co_await delivery.announce(content.root(), open_config);
    image::ByteCount arrived = [](std::uint64_t) {};
    for (const auto& blob : content.root().blobs()) {
        auto open = opens(*content.blobs.at(blob.digest));
        co_await delivery.put_blob(blob, open, arrived);
    }
}

image::ImageContent other_image() {
    image::RandomImageOptions options;
    options.seed = 77;
    options.layers = 3;
    return image::random_image(options);
}

} // namespace

TEST_P(PlaceContract, ShowsNothingAtFirst) {
    auto body = [&](Place& place) -> awaitable<void> {
        auto shown = co_await look(place, kName);
        EXPECT_FALSE(shown);
        auto reference = place.reference(kName);
        auto current = co_await place.sink().find_current(reference);
        EXPECT_FALSE(current);
    };
    run(body);
}

TEST_P(PlaceContract, GivesBackTheImageItGot) {
    auto content = image::random_image();
    auto body = [&](Place& place) -> awaitable<void> {
        auto result = co_await deliver(place, content, kName);
        auto shown = co_await look(place, kName);
        EXPECT_TRUE(shown);
        if (GetParam().keeps_digest) {
            EXPECT_EQ(result.root.digest, content.root().digest());
            EXPECT_EQ(shown.value_or(oci::Descriptor{}).digest, content.root().digest());
        }
        auto config = co_await config_digest(place, kName);
        EXPECT_EQ(config, content.root().config()->digest);
        auto violations = co_await validate(place, kName);
        EXPECT_EQ(violations, std::vector<std::string>{});
    };
    run(body);
}

TEST_P(PlaceContract, TakesUncompressedLayersAndDockerMediaTypes) {
    image::RandomImageOptions options;
    options.compression = oci::Compression::none;
    options.docker = true;
    auto content = image::random_image(options);
    auto body = [&](Place& place) -> awaitable<void> {
        co_await deliver(place, content, kName);
        auto config = co_await config_digest(place, kName);
        EXPECT_EQ(config, content.root().config()->digest);
        auto violations = co_await validate(place, kName);
        EXPECT_EQ(violations, std::vector<std::string>{});
    };
    run(body);
}

TEST_P(PlaceContract, ShowsNothingBeforeTheCommit) {
    auto content = image::random_image();
    auto body = [&](Place& place) -> awaitable<void> {
        auto reference = place.reference(kName);
        auto delivery = co_await place.sink().begin(reference);
        co_await put_blobs(*delivery, content);
        auto before = co_await look(place, kName);
        EXPECT_FALSE(before);
        co_await delivery->commit(content.root());
        auto after = co_await look(place, kName);
        EXPECT_TRUE(after);
    };
    run(body);
}

TEST_P(PlaceContract, ShowsNothingOfADeliveryThatWasDropped) {
    auto old_image = image::random_image();
    auto new_image = other_image();
    auto body = [&](Place& place) -> awaitable<void> {
        auto reference = place.reference(kName);
        auto first = co_await place.sink().begin(reference);
        co_await put_blobs(*first, new_image);
        first.reset();
        auto shown = co_await look(place, kName);
        EXPECT_FALSE(shown);

        co_await deliver(place, old_image, kName);
        auto second = co_await place.sink().begin(reference);
        co_await put_blobs(*second, new_image);
        second.reset();
        auto config = co_await config_digest(place, kName);
        EXPECT_EQ(config, old_image.root().config()->digest);
        auto violations = co_await validate(place, kName);
        EXPECT_EQ(violations, std::vector<std::string>{});
    };
    run(body);
}

TEST_P(PlaceContract, MovesATagToAnotherImage) {
    auto old_image = image::random_image();
    auto new_image = other_image();
    auto body = [&](Place& place) -> awaitable<void> {
        co_await deliver(place, old_image, kName);
        co_await deliver(place, new_image, kName);
        auto config = co_await config_digest(place, kName);
        EXPECT_EQ(config, new_image.root().config()->digest);
        auto violations = co_await validate(place, kName);
        EXPECT_EQ(violations, std::vector<std::string>{});
    };
    run(body);
}

TEST_P(PlaceContract, TakesTheSameImageTwice) {
    auto content = image::random_image();
    auto body = [&](Place& place) -> awaitable<void> {
        auto first = co_await deliver(place, content, kName);
        auto second = co_await deliver(place, content, kName);
        EXPECT_EQ(first.root.digest, second.root.digest);
        auto violations = co_await validate(place, kName);
        EXPECT_EQ(violations, std::vector<std::string>{});
    };
    run(body);
}

TEST_P(PlaceContract, KeepsImagesUnderDifferentNamesApart) {
    if (!GetParam().holds_several)
        GTEST_SKIP() << "holds one image";
    auto one = image::random_image();
    auto other = other_image();
    auto body = [&](Place& place) -> awaitable<void> {
        co_await deliver(place, one, kName);
        co_await deliver(place, other, "team/app:2");
        co_await deliver(place, other, "team/other:1");
        auto first = co_await config_digest(place, kName);
        EXPECT_EQ(first, one.root().config()->digest);
        for (auto name : {"team/app:2", "team/other:1"}) {
            auto config = co_await config_digest(place, name);
            EXPECT_EQ(config, other.root().config()->digest);
        }
        auto unknown = co_await look(place, "team/app:3");
        EXPECT_FALSE(unknown);
    };
    run(body);
}

TEST_P(PlaceContract, RefusesBytesThatAreNotWhatTheDigestSays) {
    auto content = image::random_image();
    auto layer = content.root().layers()[0];
    auto body = [&](Place& place) -> awaitable<void> {
        auto reference = place.reference(kName);
        auto delivery = co_await place.sink().begin(reference);
        auto open_config = opens(*content.blobs.at(content.root().config()->digest));
        co_await delivery->announce(content.root(), open_config);
        auto wrong = *content.blobs.at(layer.digest);
        wrong.back() = static_cast<char>(wrong.back() ^ 1);
        auto open = opens(wrong);
        image::ByteCount arrived = [](std::uint64_t) {};
        auto kind = ErrorKind::internal;
        try {
            co_await delivery->put_blob(layer, open, arrived);
        } catch (const Error& error) {
            kind = error.kind();
        }
        EXPECT_EQ(kind, ErrorKind::corrupt);
    };
    run(body);
}

TEST_P(PlaceContract, OpensBlobsAtAnOffset) {
    auto content = image::random_image();
    auto body = [&](Place& place) -> awaitable<void> {
        co_await deliver(place, content, kName);
        auto source = co_await place.open_source();
        auto reference = place.reference(kName);
        auto root = co_await source->find(reference);
        auto manifest = co_await source->get_manifest(*root);
        for (const auto& blob : manifest.blobs()) {
            auto reader = co_await source->open_blob(blob);
            auto whole = co_await io::read_all(*reader, 1 * MiB);
            EXPECT_EQ(oci::Digest::of(whole, blob.digest.algorithm()), blob.digest);
            for (std::uint64_t offset : {std::uint64_t{1}, blob.size / 2, blob.size - 1}) {
                auto tail = co_await source->open_blob(blob, offset);
                auto rest = co_await io::read_all(*tail, 1 * MiB);
                EXPECT_EQ(rest, whole.substr(offset));
            }
        }
    };
    run(body);
}

TEST_P(PlaceContract, ThrowsNotFoundForContentItDoesNotHave) {
    auto content = image::random_image();
    auto body = [&](Place& place) -> awaitable<void> {
        co_await deliver(place, content, kName);
        auto source = co_await place.open_source();
        auto reference = place.reference(kName);
        auto root = co_await source->find(reference); // content is asked for where an image was found
        EXPECT_TRUE(root);
        auto unknown = *content.root().config();
        unknown.digest = oci::Digest::of("never stored");
        auto kind = ErrorKind::internal;
        try {
            co_await source->open_blob(unknown);
        } catch (const Error& error) {
            kind = error.kind();
        }
        EXPECT_EQ(kind, ErrorKind::not_found);
        unknown.media_type = oci::media_type::oci_manifest;
        kind = ErrorKind::internal;
        try {
            co_await source->get_manifest(unknown);
        } catch (const Error& error) {
            kind = error.kind();
        }
        EXPECT_EQ(kind, ErrorKind::not_found);
        auto referrers = co_await source->list_referrers(unknown.digest);
        EXPECT_TRUE(referrers.empty());
    };
    run(body);
}

TEST_P(PlaceContract, MovesOnlyTheRestAfterABrokenConnection) {
    image::RandomImageOptions options;
    options.layer_bytes = 200'000;
    auto content = image::random_image(options);
    auto body = [&](Place& place) -> awaitable<void> {
        image::MemoryPlace memory;
        auto from = *oci::Reference::parse("memory/app:1");
        memory.add(from, content);
        std::uint64_t whole = 0;
        for (const auto& blob : content.root().blobs())
            whole += blob.size;
        auto layer = content.root().layers()[0];
        memory.break_blob(layer.digest, layer.size / 2);
        image::CopyOptions copy_options;
        copy_options.first_delay = std::chrono::milliseconds(0);
        image::CopyProgress silent;
        auto to = place.reference(kName);
        co_await image::copy(memory, from, place.sink(), to, copy_options, silent);
        EXPECT_EQ(memory.calls().bytes_read, whole);
        auto violations = co_await validate(place, kName);
        EXPECT_EQ(violations, std::vector<std::string>{});
    };
    run(body);
}

TEST_P(PlaceContract, HoldsIndexesWhereItSaysSo) {
    auto content = image::random_index({oci::Platform::host(), kS390x});
    auto body = [&](Place& place) -> awaitable<void> {
        bool indexes = place.sink().traits().indexes;
        auto result = co_await deliver(place, content, kName);
        if (indexes) {
            EXPECT_EQ(result.root.digest, content.root().digest());
            EXPECT_EQ(result.manifests_copied, 3u);
        } else {
            auto config = co_await config_digest(place, kName);
            EXPECT_EQ(config, content.manifests[0].config()->digest);
        }
        auto violations = co_await validate(place, kName);
        EXPECT_EQ(violations, std::vector<std::string>{});
    };
    run(body);
}

TEST_P(PlaceContract, HoldsReferrersWhereItSaysSo) {
    auto content = image::random_image();
    auto sbom = image::random_artifact(5, "application/spdx+json", content.root().descriptor());
    auto body = [&](Place& place) -> awaitable<void> {
        if (!place.sink().traits().referrers)
            co_return;
        image::MemoryPlace memory;
        auto from = *oci::Reference::parse("memory/app:1");
        memory.add(from.with_tag("sbom"), sbom);
        memory.add(from, content);
        image::CopyOptions options;
        options.referrers = true;
        image::CopyProgress silent;
        auto to = place.reference(kName);
        co_await image::copy(memory, from, place.sink(), to, options, silent);
        auto source = co_await place.open_source();
        auto root = co_await source->find(to);
        EXPECT_TRUE(root);
        auto referrers = co_await source->list_referrers(content.root().digest());
        EXPECT_EQ(referrers.size(), 1u);
        if (referrers.size() == 1) {
            EXPECT_EQ(referrers[0].digest, sbom.root().digest());
            EXPECT_EQ(referrers[0].artifact_type, "application/spdx+json");
            auto artifact = co_await source->get_manifest(referrers[0]);
            EXPECT_EQ(artifact.bytes(), sbom.root().bytes());
        }
    };
    run(body);
}

TEST_P(PlaceContract, HoldsArtifactsAndSha512WhereItKeepsDigests) {
    image::RandomImageOptions options;
    options.algorithm = oci::DigestAlgorithm::sha512;
    auto sha512 = image::random_image(options);
    auto artifact = image::random_artifact(3, "application/x-model");
    auto body = [&](Place& place) -> awaitable<void> {
        if (!GetParam().keeps_digest || !place.sink().traits().referrers)
            co_return;
        for (const auto& content : {sha512, artifact}) {
            auto result = co_await deliver(place, content, kName);
            EXPECT_EQ(result.root.digest, content.root().digest());
            auto violations = co_await validate(place, kName);
            EXPECT_EQ(violations, std::vector<std::string>{});
        }
    };
    run(body);
}

INSTANTIATE_TEST_SUITE_P(Places, PlaceContract, ::testing::ValuesIn(place_factories()),
                         [](const auto& place) { return place.param.name; });

} // namespace cang::contract
