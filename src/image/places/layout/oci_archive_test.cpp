#include "image/copy.hpp"
#include "image/places/layout/oci_archive_sink.hpp"
#include "image/places/layout/oci_archive_source.hpp"
#include "image/places/memory/memory_place.hpp"
#include "io/tar.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>

namespace cang::layout {
namespace {

namespace fs = std::filesystem;

oci::Reference reference(std::string_view text) { return *oci::Reference::parse(text); }

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

std::string tar_entry(std::string name, std::string_view content, io::TarType type = io::TarType::file) {
    io::TarEntry entry;
    entry.name = std::move(name);
    entry.type = type;
    if (type == io::TarType::file)
        entry.size = content.size();
    else
        entry.link_target = content;
    auto bytes = io::tar_header(entry);
    if (type == io::TarType::file) {
        bytes += content;
        bytes.append(io::tar_padding(content.size()), '\0');
    }
    return bytes;
}

class OciArchive : public ::testing::Test {
protected:
    image::CopyResult copy(image::Source& source, std::string_view from, image::Sink& target, std::string_view to) {
        return testing::run_async<image::CopyResult>([&]() -> awaitable<image::CopyResult> {
            image::CopyProgress progress;
            image::CopyOptions options;
            options.attempts = 2;
            const auto source_name = reference(from);
            const auto target_name = reference(to);
            co_return co_await image::copy(source, source_name, target, target_name, options, progress);
        });
    }

    std::string failure_of(const std::function<awaitable<void>()>& body) {
        std::string message = "nothing was thrown";
        testing::run_async([&]() -> awaitable<void> {
            try {
                co_await body();
            } catch (const Error& error) {
                message = error.message();
            }
        });
        return message;
    }

    std::string find_failure(std::string_view bytes) {
        write(path, bytes);
        return failure_of([&]() -> awaitable<void> {
            auto source = co_await open_oci_archive(path, pool);
            const oci::Reference any;
            const auto found = co_await source->find(any);
            if (found)
                co_await source->get_manifest(*found);
        });
    }

    std::unique_ptr<LayoutSource> open(const fs::path& archive) {
        return testing::run_async<std::unique_ptr<LayoutSource>>(
            [&]() -> awaitable<std::unique_ptr<LayoutSource>> { co_return co_await open_oci_archive(archive, pool); });
    }

    testing::TempDir directory;
    fs::path path = directory / "image.tar";
    async::BlockingPool pool{2};
    image::MemoryPlace memory;
};

TEST_F(OciArchive, KeepsEveryByteOfAnIndex) {
    auto content = image::random_index({*oci::Platform::parse("linux/amd64"), *oci::Platform::parse("linux/arm64")});
    memory.add(reference("app:1"), content);
    OciArchiveSink sink(path, pool);
    copy(memory, "app:1", sink, "app:1");
    image::MemoryPlace back;
    auto source = open(path);
    EXPECT_EQ(copy(*source, "app:1", back, "app:1").root.digest, content.root().digest());
    for (const auto& [digest, bytes] : content.blobs)
        EXPECT_TRUE(back.has_blob(digest));
}

TEST_F(OciArchive, IsTheSameEveryTime) {
    image::RandomImageOptions options;
    options.layers = 8;
    options.layer_bytes = 100'000;
    memory.add(reference("app:1"), image::random_image(options));
    OciArchiveSink first(path, pool);
    OciArchiveSink second(directory / "again.tar", pool);
    copy(memory, "app:1", first, "app:1");
    copy(memory, "app:1", second, "app:1");
    EXPECT_FALSE(read(path).empty());
    EXPECT_TRUE(read(path) == read(directory / "again.tar"));
}

TEST_F(OciArchive, GoesOnWhereABrokenTransferEnded) {
    image::RandomImageOptions options;
    options.layers = 1;
    options.layer_bytes = 300'000;
    auto content = image::random_image(options);
    memory.add(reference("app:1"), content);
    const auto layer = content.root().layers()[0];
    memory.break_blob(layer.digest, 1000);
    OciArchiveSink sink(path, pool);
    copy(memory, "app:1", sink, "app:1");
    image::MemoryPlace back;
    auto source = open(path);
    EXPECT_EQ(copy(*source, "app:1", back, "app:1").root.digest, content.root().digest());
}

TEST_F(OciArchive, HoldsSeveralImagesWithSharedBlobsOnce) {
    image::RandomImageOptions one;
    image::RandomImageOptions two;
    two.labels["only"] = "the config differs";
    memory.add(reference("app:1"), image::random_image(one));
    memory.add(reference("app:2"), image::random_image(two));
    OciArchiveSinkOptions options;
    options.several_images = true;
    OciArchiveSink sink(path, pool, options);
    copy(memory, "app:1", sink, "app:1");
    const auto second = copy(memory, "app:2", sink, "app:2");
    EXPECT_EQ(second.blobs_copied, 1U);
    EXPECT_FALSE(fs::exists(path));
    testing::run_async([&]() -> awaitable<void> { co_await sink.finish(); });
    auto source = open(path);
    image::MemoryPlace back;
    EXPECT_EQ(copy(*source, "app:2", back, "app:2").root.digest, second.root.digest);
}

TEST_F(OciArchive, LeavesNothingBehindWhenTheCopyFails) {
    auto content = image::random_image();
    memory.add(reference("app:1"), content);
    memory.damage_blob(content.root().layers()[0].digest, "other bytes");
    write(path, "what was there");
    OciArchiveSink sink(path, pool);
    const auto message = failure_of([&]() -> awaitable<void> {
        image::CopyProgress progress;
        const image::CopyOptions options;
        co_await image::copy(memory, reference("app:1"), sink, reference("app"), options, progress);
    });
    EXPECT_NE(message, "nothing was thrown");
    EXPECT_EQ(read(path), "what was there");
    EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), {}), 1);
}

TEST_F(OciArchive, ReadsCompressedArchives) {
    auto content = image::random_image();
    memory.add(reference("app:1"), content);
    OciArchiveSink sink(path, pool);
    copy(memory, "app:1", sink, "app:1");
    ASSERT_EQ(std::system(("gzip -k " + path.string() + " && zstd -q " + path.string()).c_str()), 0);
    for (const auto* suffix : {".gz", ".zst"}) {
        auto source = open(path.string() + suffix);
        image::MemoryPlace back;
        EXPECT_EQ(copy(*source, "app:1", back, "app:1").root.digest, content.root().digest());
    }
    write(path, read(path.string() + ".gz").substr(0, 1000));
    EXPECT_NE(find_failure(read(path)), "nothing was thrown");
}

TEST_F(OciArchive, RefusesHostileArchives) {
    const auto marker = tar_entry("oci-layout", layout_file_bytes());
    EXPECT_EQ(find_failure(tar_entry("letter.txt", "hello") + io::tar_end()),
              "this is not an OCI archive: it has no oci-layout file");
    EXPECT_EQ(find_failure(marker + io::tar_end()), "the layout has no index.json");
    EXPECT_EQ(find_failure(marker + tar_entry("../index.json", "{}") + io::tar_end()), "the layout has no index.json");
    EXPECT_EQ(find_failure(marker + tar_entry("/index.json", "{}") + io::tar_end()), "the layout has no index.json");
    EXPECT_EQ(find_failure(marker + tar_entry("index.json", "/etc/passwd", io::TarType::symlink) + io::tar_end()),
              "the archive's index.json is not a regular file");
    EXPECT_EQ(find_failure(marker + tar_entry("index.json", "oci-layout", io::TarType::hardlink) + io::tar_end()),
              "the archive's index.json is not a regular file");
    EXPECT_EQ(find_failure(marker + tar_entry("index.json", std::string(5 * MiB, ' ')) + io::tar_end()),
              "the archive's index.json is larger than 4194304 bytes");
    EXPECT_NE(find_failure(std::string(10'000, 'x')), "nothing was thrown");
    EXPECT_NE(find_failure(marker.substr(0, 700)), "nothing was thrown");
}

TEST_F(OciArchive, RefusesTargetsThatAreNoFiles) {
    OciArchiveSink sink(directory.path(), pool);
    const auto begun = failure_of([&]() -> awaitable<void> { co_await sink.begin(reference("app")); });
    EXPECT_EQ(begun, "writing the OCI archive: not a regular file");
    const auto finished = failure_of([&]() -> awaitable<void> { co_await sink.finish(); });
    EXPECT_EQ(finished, "no image was written to the OCI archive");
}

} // namespace
} // namespace cang::layout
