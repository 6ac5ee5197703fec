#include "image/packed_source.hpp"

#include "image/copy.hpp"
#include "image/places/memory/memory_place.hpp"
#include "image/validate.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::image {

namespace {

oci::Reference ref(std::string_view text) { return *oci::Reference::parse(text); }

RandomImageOptions plain_layers() {
    RandomImageOptions options;
    options.compression = oci::Compression::none;
    options.layer_bytes = 3'000'000; // several blocks of every stage
    return options;
}

class PackedSourceTest : public ::testing::Test {
protected:
    void open(oci::Compression compression = oci::Compression::gzip) {
        PackOptions options;
        options.compression = compression;
        packed.emplace(inner, pool, std::move(options));
    }

    CopyResult copy_to_target() {
        CopyResult result;
        testing::run_async([&]() -> awaitable<void> {
            CopyOptions options;
            options.attempts = 1;
            CopyProgress silent;
            result = co_await copy(*packed, from, target, to, options, silent);
        });
        return result;
    }

    Error failure() {
        try {
            copy_to_target();
        } catch (const Error& error) {
            return error;
        }
        return Error(ErrorKind::internal, "nothing was thrown");
    }

    oci::Manifest shown() {
        std::optional<oci::Manifest> manifest;
        testing::run_async([&]() -> awaitable<void> {
            auto found = co_await target.find(to);
            manifest = co_await target.get_manifest(*found);
        });
        return *manifest;
    }

    std::vector<std::string> violations() {
        std::vector<std::string> list;
        testing::run_async([&]() -> awaitable<void> {
            auto found = co_await target.find(to);
            list = co_await validate(target, *found, pool);
        });
        return list;
    }

    // Every layer of `image` is known as the layer of `other` at the same place.
    void know(const oci::Manifest& image, const oci::Manifest& other) {
        std::map<oci::Digest, oci::Descriptor> known;
        for (std::size_t i = 0; i < image.layers().size(); ++i)
            known.emplace(image.layers()[i].digest, other.layers()[i]);
        packed->look_up_in([known](oci::Digest diff_id) { return find_in(known, std::move(diff_id)); });
    }

    static awaitable<std::optional<oci::Descriptor>> find_in(std::map<oci::Digest, oci::Descriptor> known,
                                                             oci::Digest diff_id) {
        auto found = known.find(diff_id);
        co_return found == known.end() ? std::nullopt : std::optional(found->second);
    }

    async::BlockingPool pool{2};
    MemoryPlace inner, target;
    oci::Reference from = ref("r.io/team/app:1"), to = ref("mirror/app:1");
    std::optional<PackedSource> packed;
};

} // namespace

TEST_F(PackedSourceTest, GivesTheSameImageWithCompressedLayers) {
    auto content = random_image(plain_layers());
    inner.add(from, content);
    for (auto [compression, type] : {std::pair(oci::Compression::gzip, oci::media_type::oci_layer_gzip),
                                     std::pair(oci::Compression::zstd, oci::media_type::oci_layer_zstd)}) {
        open(compression);
        copy_to_target();
        auto image = shown();
        EXPECT_EQ(image.media_type(), content.root().media_type());
        EXPECT_EQ(*image.config(), *content.root().config());
        ASSERT_EQ(image.layers().size(), content.root().layers().size());
        for (std::size_t i = 0; i < image.layers().size(); ++i) {
            EXPECT_EQ(image.layers()[i].media_type, type);
            EXPECT_LT(image.layers()[i].size, content.root().layers()[i].size);
        }
        EXPECT_EQ(violations(), std::vector<std::string>{});
    }
}

TEST_F(PackedSourceTest, GivesTheSameBytesEachTime) {
    inner.add(from, random_image(plain_layers()));
    open();
    auto first = copy_to_target();
    open();
    auto second = copy_to_target();
    EXPECT_EQ(second.root.digest, first.root.digest);
    EXPECT_TRUE(second.unchanged);
}

TEST_F(PackedSourceTest, StaysInDockersFormatWhichHasNoZstd) {
    auto options = plain_layers();
    options.docker = true;
    inner.add(from, random_image(options));
    open();
    copy_to_target();
    EXPECT_EQ(shown().media_type(), oci::media_type::docker_manifest);
    EXPECT_EQ(shown().layers()[0].media_type, oci::media_type::docker_layer_gzip);
    EXPECT_EQ(violations(), std::vector<std::string>{});
    open(oci::Compression::zstd);
    auto error = failure();
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_EQ(error.message(), "an image in Docker's format cannot have layers compressed with zstd");
}

TEST_F(PackedSourceTest, LeavesCompressedImagesAndIndexesAlone) {
    auto image = random_image();
    inner.add(from, image);
    open();
    EXPECT_EQ(copy_to_target().root.digest, image.root().digest());
    auto index = random_index({{"linux", "amd64", "", "", {}}, {"linux", "arm64", "", "", {}}}, plain_layers());
    inner.add(from, index);
    open();
    EXPECT_EQ(copy_to_target().root.digest, index.root().digest());
}

TEST_F(PackedSourceTest, TakesAKnownLayerWithoutReadingIt) {
    auto plain = random_image(plain_layers());
    inner.add(from, plain);
    open();
    auto first = copy_to_target();
    auto at_target = shown();
    open();
    know(plain.root(), at_target);
    inner.forget_calls();
    auto second = copy_to_target();
    EXPECT_TRUE(second.unchanged);
    EXPECT_EQ(second.root.digest, first.root.digest);
    EXPECT_EQ(inner.calls().open_blob, 0u);
}

TEST_F(PackedSourceTest, TakesAKnownLayerInTheWordsOfTheImage) {
    auto plain = random_image(plain_layers());
    inner.add(from, plain);
    auto options = plain_layers();
    options.compression = oci::Compression::gzip;
    options.docker = true;
    auto docker = random_image(options);
    target.add(ref("mirror/other:1"), docker);
    open();
    know(plain.root(), docker.root());
    copy_to_target();
    EXPECT_EQ(shown().layers()[0].media_type, oci::media_type::oci_layer_gzip);
    EXPECT_EQ(shown().layers()[0].digest, docker.root().layers()[0].digest);
}

TEST_F(PackedSourceTest, CompressesALayerThatTheTargetHasLost) {
    auto plain = random_image(plain_layers());
    inner.add(from, plain);
    open();
    copy_to_target();
    auto before = shown();
    target.erase_blob(before.layers()[0].digest);
    to = ref("mirror/app:2");
    open();
    know(plain.root(), before);
    auto result = copy_to_target();
    EXPECT_EQ(result.root.digest, before.digest());
    EXPECT_EQ(result.blobs_copied, 1u);
    EXPECT_EQ(violations(), std::vector<std::string>{});
}

TEST_F(PackedSourceTest, RefusesALostLayerThatItCannotMakeAgain) {
    auto plain = random_image(plain_layers());
    inner.add(from, plain);
    open(oci::Compression::zstd);
    copy_to_target();
    auto before = shown();
    target.erase_blob(before.layers()[0].digest);
    to = ref("mirror/app:2");
    open(oci::Compression::gzip);
    know(plain.root(), before);
    auto error = failure();
    auto lost = before.layers()[0].digest.to_string();
    EXPECT_EQ(error.kind(), ErrorKind::conflict);
    EXPECT_EQ(error.message(),
              "copying layer " + lost + ": layer " + lost + " went away from the target during the copy; copy again");
}

TEST_F(PackedSourceTest, RefusesALayerThatIsNotWhatItsDiffIdSays) {
    auto plain = random_image(plain_layers());
    inner.add(from, plain);
    auto layer = plain.root().layers()[1];
    inner.damage_blob(layer.digest, std::string(layer.size, 'x'));
    open();
    auto error = failure();
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    EXPECT_EQ(error.message(), "the bytes of blob " + layer.digest.to_string() + " are not what the digest says");
}

TEST_F(PackedSourceTest, CompressesALayerOnceForAllImagesAndTargets) {
    auto plain = random_image(plain_layers());
    inner.add(from, plain);
    inner.add(ref("r.io/team/app:2"), plain);
    open();
    copy_to_target();
    auto reads = inner.calls().bytes_read;
    from = ref("r.io/team/app:2");
    to = ref("mirror/app:2");
    packed->look_up_in({});
    copy_to_target();
    EXPECT_EQ(inner.calls().bytes_read, reads);
}

TEST_F(PackedSourceTest, OpensACompressedLayerAtAnyOffset) {
    inner.add(from, random_image(plain_layers()));
    open();
    testing::run_async([&]() -> awaitable<void> {
        auto found = co_await packed->find(from);
        auto image = co_await packed->get_manifest(*found);
        auto layer = image.layers()[0];
        auto reader = co_await packed->open_blob(layer);
        auto whole = co_await io::read_all(*reader, layer.size);
        EXPECT_EQ(oci::Digest::of(std::string_view(whole)), layer.digest);
        for (std::uint64_t offset : {std::uint64_t(1), layer.size - 1, layer.size, layer.size + 5}) {
            reader = co_await packed->open_blob(layer, offset);
            auto rest = co_await io::read_all(*reader, layer.size);
            EXPECT_EQ(rest, whole.substr(std::min(offset, layer.size)));
        }
    });
}

} // namespace cang::image
