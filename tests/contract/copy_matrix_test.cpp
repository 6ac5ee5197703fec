// From every place to every place: the image stays what it is.
#include "contract/place_contract.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::contract {

namespace {

const oci::Platform kS390x{"linux", "s390x", "", "", {}};

class CopyMatrix : public ::testing::TestWithParam<std::tuple<PlaceFactory, PlaceFactory>> {
protected:
    const PlaceFactory& source_factory() const { return std::get<0>(GetParam()); }
    const PlaceFactory& target_factory() const { return std::get<1>(GetParam()); }
    bool keeps_digest() const { return source_factory().keeps_digest && target_factory().keeps_digest; }

    // memory -> source place -> target place -> validate; `check` compares.
    void copy_through(const image::ImageContent& content,
                      const std::function<awaitable<void>(Place& target, image::CopyResult)>& check) {
        testing::run_async([&]() -> awaitable<void> {
            auto source_place = co_await source_factory().make();
            auto target_place = co_await target_factory().make();
            co_await deliver(*source_place, content, "team/app:1");
            auto source = co_await source_place->open_source();
            auto from = source_place->reference("team/app:1");
            auto to = target_place->reference("mirror/app:2");
            image::CopyOptions options;
            image::CopyProgress silent;
            auto result = co_await image::copy(*source, from, target_place->sink(), to, options, silent);
            auto violations = co_await validate(*target_place, "mirror/app:2");
            EXPECT_EQ(violations, std::vector<std::string>{});
            co_await check(*target_place, result);
            co_await source_place->close();
            co_await target_place->close();
        });
    }

    void expect_same_image(const image::ImageContent& content) {
        auto check = [&](Place& target, image::CopyResult result) -> awaitable<void> {
            if (keeps_digest())
                EXPECT_EQ(result.root.digest, content.root().digest());
            auto config = co_await config_digest(target, "mirror/app:2");
            EXPECT_EQ(config, content.root().config()->digest);
        };
        copy_through(content, check);
    }
};

std::string pair_name(const ::testing::TestParamInfo<CopyMatrix::ParamType>& pair) {
    return std::get<0>(pair.param).name + "_to_" + std::get<1>(pair.param).name;
}

} // namespace

TEST_P(CopyMatrix, KeepsAnOciImage) {
    image::RandomImageOptions options;
    options.labels = {{"org.opencontainers.image.title", "仓"}};
    options.annotations = {{"k", "v"}};
    options.layers = 4;
    expect_same_image(image::random_image(options));
}

TEST_P(CopyMatrix, KeepsADockerImage) {
    image::RandomImageOptions options;
    options.docker = true;
    expect_same_image(image::random_image(options));
}

TEST_P(CopyMatrix, KeepsAnIndexOrThePlatformOfThisMachine) {
    auto content = image::random_index({kS390x, oci::Platform::host()});
    auto check = [&](Place& target, image::CopyResult result) -> awaitable<void> {
        if (keeps_digest() && result.root.media_type == content.root().media_type()) {
            EXPECT_EQ(result.root.digest, content.root().digest());
        } else {
            auto config = co_await config_digest(target, "mirror/app:2");
            EXPECT_EQ(config, content.manifests[1].config()->digest);
        }
    };
    copy_through(content, check);
}

INSTANTIATE_TEST_SUITE_P(Places, CopyMatrix,
                         ::testing::Combine(::testing::ValuesIn(place_factories()),
                                            ::testing::ValuesIn(place_factories())),
                         pair_name);

} // namespace cang::contract
