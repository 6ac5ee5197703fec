// The same layouts and archives through skopeo, in both directions.
#include "image/copy.hpp"
#include "image/places/layout/layout_sink.hpp"
#include "image/places/layout/layout_source.hpp"
#include "image/places/layout/oci_archive_sink.hpp"
#include "image/places/layout/oci_archive_source.hpp"
#include "image/places/memory/memory_place.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

namespace cang::layout {
namespace {

oci::Reference reference(std::string_view text) { return *oci::Reference::parse(text); }

int skopeo(const std::string& arguments) {
    return std::system(("skopeo --insecure-policy " + arguments + " > /dev/null").c_str());
}

class LayoutInterop : public ::testing::Test {
protected:
    void SetUp() override {
        if (std::system("command -v skopeo > /dev/null") != 0)
            GTEST_SKIP() << "skopeo is not installed";
        memory.add(reference("app:1"), content);
    }

    void copy(image::Source& source, image::Sink& target) {
        testing::run_async([&]() -> awaitable<void> {
            image::CopyProgress progress;
            const image::CopyOptions options;
            const auto name = reference("app:1");
            co_await image::copy(source, name, target, name, options, progress);
        });
    }

    void expect_whole(image::Source& source) {
        image::MemoryPlace back;
        copy(source, back);
        EXPECT_TRUE(back.has_manifest(content.root().digest()));
        for (const auto& layer : content.root().layers())
            EXPECT_TRUE(back.has_blob(layer.digest));
    }

    testing::TempDir directory;
    async::BlockingPool pool{2};
    image::ImageContent content = image::random_image();
    image::MemoryPlace memory;
};

TEST_F(LayoutInterop, SkopeoReadsOurLayoutAndWeReadSkopeos) {
    const auto ours = (directory / "ours").string();
    const auto theirs = (directory / "theirs").string();
    LayoutSink sink(ours, pool);
    copy(memory, sink);
    ASSERT_EQ(skopeo("copy oci:" + ours + ":app:1 oci:" + theirs + ":app:1"), 0);
    auto open = [&]() -> awaitable<std::unique_ptr<LayoutSource>> { co_return co_await open_layout(theirs, pool); };
    auto source = testing::run_async<std::unique_ptr<LayoutSource>>(open);
    expect_whole(*source);
}

TEST_F(LayoutInterop, SkopeoReadsOurArchiveAndWeReadSkopeos) {
    const auto ours = (directory / "ours.tar").string();
    const auto theirs = (directory / "theirs.tar").string();
    OciArchiveSink sink(ours, pool);
    copy(memory, sink);
    ASSERT_EQ(skopeo("copy oci-archive:" + ours + ":app:1 oci-archive:" + theirs + ":app:1"), 0);
    auto open = [&]() -> awaitable<std::unique_ptr<LayoutSource>> {
        co_return co_await open_oci_archive(theirs, pool);
    };
    auto source = testing::run_async<std::unique_ptr<LayoutSource>>(open);
    expect_whole(*source);
}

} // namespace
} // namespace cang::layout
