// The same docker archives through skopeo, in both directions.
#include "image/copy.hpp"
#include "image/places/archive/docker_archive_sink.hpp"
#include "image/places/archive/docker_archive_source.hpp"
#include "image/places/memory/memory_place.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

namespace cang::archive {
namespace {

TEST(ArchiveInterop, SkopeoReadsOurArchiveAndWeReadSkopeos) {
    if (std::system("command -v skopeo > /dev/null") != 0)
        GTEST_SKIP() << "skopeo is not installed";
    testing::TempDir directory;
    async::BlockingPool pool(3);
    const auto content = image::random_image();
    const auto name = *oci::Reference::parse("app:1");
    const auto ours = (directory / "ours.tar").string();
    const auto theirs = (directory / "theirs.tar").string();
    image::MemoryPlace memory;
    image::MemoryPlace back;
    memory.add(name, content);
    testing::run_async([&]() -> awaitable<void> {
        image::CopyProgress progress;
        const image::CopyOptions options;
        DockerArchiveSink sink(ours, pool);
        const auto written = co_await image::copy(memory, name, sink, name, options, progress);
        const auto command = "skopeo --insecure-policy copy docker-archive:" + ours +
                             ":app:1 docker-archive:" + theirs + ":app:1 > /dev/null";
        EXPECT_EQ(std::system(command.c_str()), 0);
        auto source = co_await open_docker_archive(theirs, pool);
        const auto read = co_await image::copy(*source, name, back, name, options, progress);
        EXPECT_EQ(read.root.digest, written.root.digest);
    });
    EXPECT_TRUE(back.has_blob(content.root().config()->digest));
}

} // namespace
} // namespace cang::archive
