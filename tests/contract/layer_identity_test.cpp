// An image leaves the warehouse for a place that keeps layers uncompressed, and comes back as the same blobs.
#include "contract/place_contract.hpp"
#include "image/packed_source.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::contract {

namespace {

const PlaceFactory& factory(const std::string& name) {
    return *std::ranges::find(place_factories(), name, &PlaceFactory::name);
}

std::vector<PlaceFactory> uncompressed_places() {
    std::vector<PlaceFactory> places;
    for (const auto& place : place_factories())
        if (!place.keeps_digest)
            places.push_back(place);
    return places;
}

class LayerIdentity : public ::testing::TestWithParam<PlaceFactory> {};

awaitable<image::CopyResult> copy(image::Source& source, oci::Reference from, Place& target, std::string name) {
    image::CopyOptions options;
    image::CopyProgress silent;
    auto to = target.reference(name);
    co_return co_await image::copy(source, from, target.sink(), to, options, silent);
}

awaitable<oci::Manifest> manifest_of(Place& place, std::string name) {
    auto source = co_await place.open_source();
    auto reference = place.reference(name);
    auto found = co_await source->find(reference);
    co_return co_await source->get_manifest(*found);
}

} // namespace

TEST_P(LayerIdentity, SurvivesTheWayBackIntoTheWarehouse) {
    image::RandomImageOptions options;
    options.layers = 4;
    auto content = image::random_image(options);
    testing::run_async([&]() -> awaitable<void> {
        auto warehouse = co_await factory("warehouse").make();
        auto place = co_await GetParam().make();
        co_await deliver(*warehouse, content, "team/app:1");
        auto kept = co_await warehouse->open_source();
        co_await copy(*kept, warehouse->reference("team/app:1"), *place, "team/app:1");

        auto plain = co_await place->open_source();
        async::BlockingPool pool(2);
        image::PackedSource packed(*plain, pool);
        packed.look_up_in([&](oci::Digest diff_id) { return warehouse->sink().find_layer(std::move(diff_id)); });
        auto back = co_await copy(packed, place->reference("team/app:1"), *warehouse, "back/app:2");
        EXPECT_EQ(back.blobs_copied, 0u);
        EXPECT_EQ(back.bytes_copied, 0u);
        auto image = co_await manifest_of(*warehouse, "back/app:2");
        EXPECT_EQ(image.layers(), content.root().layers());
        EXPECT_EQ(image.config()->digest, content.root().config()->digest);
        auto violations = co_await validate(*warehouse, "back/app:2");
        EXPECT_EQ(violations, std::vector<std::string>{});
        co_await place->close();
        co_await warehouse->close();
    });
}

TEST_P(LayerIdentity, ArrivesCompressedEverywhereElse) {
    auto content = image::random_image();
    for (const auto& target_factory : place_factories()) {
        if (!target_factory.keeps_digest)
            continue;
        testing::run_async([&]() -> awaitable<void> {
            auto place = co_await GetParam().make();
            co_await deliver(*place, content, "team/app:1");
            auto plain = co_await place->open_source();
            async::BlockingPool pool(2);
            image::PackedSource packed(*plain, pool);
            auto target = co_await target_factory.make();
            co_await copy(packed, place->reference("team/app:1"), *target, "mirror/app:2");
            auto image = co_await manifest_of(*target, "mirror/app:2");
            EXPECT_EQ(image.config()->digest, content.root().config()->digest);
            for (const auto& layer : image.layers())
                EXPECT_EQ(layer.media_type, oci::media_type::oci_layer_gzip) << target_factory.name;
            auto violations = co_await validate(*target, "mirror/app:2");
            EXPECT_EQ(violations, std::vector<std::string>{}) << target_factory.name;
            co_await target->close();
            co_await place->close();
        });
    }
}

INSTANTIATE_TEST_SUITE_P(Places, LayerIdentity, ::testing::ValuesIn(uncompressed_places()),
                         [](const auto& place) { return place.param.name; });

} // namespace cang::contract
