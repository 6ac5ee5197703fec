#include "cli/command_fixture.hpp"
#include "image/copy.hpp"
#include "image/places/layout/layout_sink.hpp"
#include "image/places/layout/oci_archive_source.hpp"
#include "image/places/memory/memory_place.hpp"
#include "testing/run_async.hpp"

namespace cang::cli {

namespace {

class PackingTest : public CommandTest {
protected:
    // A random image in the warehouse as team/app:v1.
    PackingTest() {
        environment_["CANG_DATA"] = path("data");
        image::MemoryPlace memory;
        auto reference = *oci::Reference::parse("memory/app:v1");
        memory.add(reference, image::random_image());
        cang::testing::run_async([&]() -> awaitable<void> {
            async::BlockingPool pool(1);
            layout::LayoutSink sink(path("in"), pool);
            image::CopyProgress silent;
            image::CopyOptions options;
            co_await image::copy(memory, reference, sink, reference, options, silent);
        });
    }

    std::vector<std::string> layer_types(const std::string& name) {
        auto outcome = run({"inspect", name, "--raw"});
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        std::vector<std::string> types;
        for (const auto& layer : outcome.json()["layers"].as_array())
            types.emplace_back(layer.as_object().at("mediaType").as_string());
        return types;
    }

    std::string archive() const { return "docker-archive:" + path("saved.tar"); }
};

} // namespace

TEST_F(PackingTest, RecognisesTheLayersOfAnExportedImage) {
    ASSERT_EQ(run({"copy", "oci:" + path("in"), "team/app:v1"}).code, 0);
    ASSERT_EQ(run({"export", "team/app:v1", "--to", archive()}).code, 0);
    for (const std::string name : {"team/app:v1", "other:v2"}) {
        auto imported = run({"copy", archive(), name, "--json", "--force"});
        ASSERT_EQ(imported.code, 0) << imported.err;
        EXPECT_EQ(imported.number("blobsCopied"), 0) << name;
        EXPECT_EQ(imported.number("bytesCopied"), 0) << name;
    }
    auto diff = run({"diff", "team/app:v1", "other:v2", "--json"});
    EXPECT_EQ(diff.code, 0) << diff.out;
    auto imported = run({"import", archive(), "--as", "third:v1", "--json"});
    ASSERT_EQ(imported.code, 0) << imported.err;
    EXPECT_EQ(imported.json()["images"].as_array()[0].as_object()["blobsCopied"], 0);
}

TEST_F(PackingTest, CompressesForPlacesThatKeepItAndAsTold) {
    ASSERT_EQ(run({"copy", "oci:" + path("in"), archive() + ":app:v1"}).code, 0);
    struct Case {
        std::vector<std::string> flags;
        std::string type;
    };
    const std::vector<Case> cases{{{}, "application/vnd.oci.image.layer.v1.tar+gzip"},
                                  {{"--compress", "zstd"}, "application/vnd.oci.image.layer.v1.tar+zstd"},
                                  {{"--compress=none"}, "application/vnd.oci.image.layer.v1.tar"}};
    for (const auto& [flags, type] : cases) {
        const auto data = path("data-" + type.substr(type.size() - 4));
        const std::vector<std::string> targets{"team/app:v1", "oci:" + path("layout") + ":v1",
                                               "oci-archive:" + path("out.tar")};
        for (const auto& target : targets) {
            environment_["CANG_DATA"] = data;
            std::vector<std::string> arguments{"copy", archive(), target, "--force"};
            arguments.insert(arguments.end(), flags.begin(), flags.end());
            auto outcome = run(arguments);
            ASSERT_EQ(outcome.code, 0) << outcome.err;
            EXPECT_EQ(layer_types(target), (std::vector<std::string>{type, type})) << target;
        }
    }
    auto outcome = run({"export", archive(), "--to", "oci:" + path("exported"), "--compress", "zstd"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST_F(PackingTest, RefusesAnUnknownFormat) {
    for (const std::string command : {"copy", "import"}) {
        std::vector<std::string> arguments{command, archive(), "--compress", "xz"};
        if (command == "copy")
            arguments.insert(arguments.begin() + 2, "app:v1");
        auto outcome = run(arguments);
        EXPECT_EQ(outcome.code, 3);
        EXPECT_EQ(outcome.err, "cang: --compress \"xz\": must be gzip, zstd or none\n") << command;
    }
}

} // namespace cang::cli
