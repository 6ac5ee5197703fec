// Layers keep their identity in the warehouse: found again by diff ID, once it is proved.
#include "base/oci/image_config.hpp"
#include "image/copy.hpp"
#include "image/places/memory/memory_place.hpp"
#include "image/places/warehouse/warehouse_fixture.hpp"
#include "image/places/warehouse/warehouse_sink.hpp"

namespace cang::warehouse {
namespace {

using cang::testing::run_async;

class LayerIdentityTest : public WarehouseFixture {
protected:
    static std::vector<oci::Digest> diff_ids(const image::ImageContent& content) {
        return oci::ImageConfig::parse(*content.blobs.at(content.root().config()->digest))->diff_ids;
    }

    awaitable<void> push(image::ImageContent content, std::string name) {
        image::MemoryPlace memory;
        auto reference = *oci::Reference::parse("memory/" + name);
        memory.add(reference, content);
        WarehouseSink sink(*warehouse);
        image::CopyOptions options;
        image::CopyProgress silent;
        auto target = *oci::Reference::parse(name);
        co_await image::copy(memory, reference, sink, target, options, silent);
    }

    awaitable<std::optional<oci::Digest>> find(oci::Digest diff_id) {
        WarehouseSink sink(*warehouse);
        auto found = co_await sink.find_layer(std::move(diff_id));
        if (!found)
            co_return std::nullopt;
        co_return found->digest;
    }
};

TEST_F(LayerIdentityTest, FindsThePushedFormOfALayer) {
    run_async([&]() -> awaitable<void> {
        auto content = image::random_image();
        auto ids = diff_ids(content);
        auto before = co_await find(ids[0]);
        EXPECT_EQ(before, std::nullopt);
        co_await push(content, "team/app:1");
        for (std::size_t i = 0; i < ids.size(); ++i) {
            auto found = co_await find(ids[i]);
            EXPECT_EQ(found, content.root().layers()[i].digest);
        }
    });
}

TEST_F(LayerIdentityTest, KeepsTheCompressedFormWhenTheLayerComesUncompressed) {
    run_async([&]() -> awaitable<void> {
        auto content = image::random_image();
        image::RandomImageOptions options;
        options.compression = oci::Compression::none;
        auto plain = image::random_image(options);
        auto ids = diff_ids(content);
        EXPECT_EQ(ids[0], plain.root().layers()[0].digest);
        co_await push(content, "team/app:1");
        co_await push(plain, "team/app:2");
        auto found = co_await find(ids[0]);
        EXPECT_EQ(found, content.root().layers()[0].digest);
    });
}

TEST_F(LayerIdentityTest, DoesNotBelieveAPushThatNamesAnotherContent) {
    run_async([&]() -> awaitable<void> {
        auto victim = image::random_image();
        image::RandomImageOptions options;
        options.seed = 66;
        auto other = image::random_image(options);
        // The victim's config over layers of other content, and over no gzip at all.
        oci::ManifestParts parts;
        parts.config = *victim.root().config();
        parts.layers.push_back(other.root().layers()[0]);
        image::ImageContent lie;
        lie.add(other);
        lie.blobs[parts.config.digest] = victim.blobs.at(parts.config.digest);
        auto broken = lie.add_blob("\x1f\x8b no layer", std::string(oci::media_type::oci_layer_gzip));
        parts.layers.push_back(broken);
        lie.manifests.push_back(oci::make_manifest(parts));
        co_await push(lie, "team/lie:1");
        for (const auto& id : diff_ids(victim)) {
            auto told = co_await warehouse->find_layer(id);
            EXPECT_TRUE(told.has_value());
            auto proved = co_await find(id);
            EXPECT_EQ(proved, std::nullopt);
        }
    });
}

TEST_F(LayerIdentityTest, DoesNotFindALayerThatNoRepositoryHasAnyMore) {
    run_async([&]() -> awaitable<void> {
        auto content = image::random_image();
        co_await push(content, "team/app:1");
        co_await warehouse->delete_repository("team/app");
        auto found = co_await find(diff_ids(content)[0]);
        EXPECT_EQ(found, std::nullopt);
    });
}

} // namespace
} // namespace cang::warehouse
