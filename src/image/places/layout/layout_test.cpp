// Layout directories written and read: the whole way of an image, and what a layout must not make us do.
#include "async/for_each_limit.hpp"
#include "image/copy.hpp"
#include "image/places/layout/layout_directory.hpp"
#include "image/places/layout/layout_sink.hpp"
#include "image/places/layout/layout_source.hpp"
#include "image/places/memory/memory_place.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>

namespace cang::layout {
namespace {

namespace fs = std::filesystem;

oci::Reference reference(std::string_view text) { return *oci::Reference::parse(text); }

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, std::string_view text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

fs::path blob_path(const fs::path& layout, const oci::Digest& digest) {
    return layout / "blobs" / "sha256" / digest.hex();
}

class Layout : public ::testing::Test {
protected:
    image::CopyResult copy(image::Source& source, oci::Reference from, image::Sink& target, oci::Reference to,
                           image::CopyOptions options = {}) {
        options.attempts = 1;
        return testing::run_async<image::CopyResult>([&]() -> awaitable<image::CopyResult> {
            image::CopyProgress progress;
            co_return co_await image::copy(source, from, target, to, options, progress);
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

    std::string open_failure() {
        return failure_of([&]() -> awaitable<void> { co_await open_layout(path, pool); });
    }

    std::string find_failure() {
        return failure_of([&]() -> awaitable<void> {
            auto source = co_await open_layout(path, pool);
            const oci::Reference any;
            const auto found = co_await source->find(any);
            if (found)
                co_await source->get_manifest(*found);
        });
    }

    std::unique_ptr<LayoutSource> open() {
        return testing::run_async<std::unique_ptr<LayoutSource>>(
            [&]() -> awaitable<std::unique_ptr<LayoutSource>> { co_return co_await open_layout(path, pool); });
    }

    // A layout with one image named "app".
    image::ImageContent fill() {
        auto content = image::random_image();
        memory.add(reference("app:1"), content);
        LayoutSink sink(path, pool);
        copy(memory, reference("app:1"), sink, reference("app"));
        return content;
    }

    testing::TempDir directory;
    fs::path path = directory / "layout";
    async::BlockingPool pool{2};
    image::MemoryPlace memory;
};

TEST_F(Layout, KeepsEveryByteOfAnIndexWithItsReferrers) {
    auto content = image::random_index({*oci::Platform::parse("linux/amd64"), *oci::Platform::parse("linux/arm64")});
    memory.add(reference("app:1"), content);
    memory.add(reference("app:signature"),
               image::random_artifact(7, "application/vnd.example.signature", content.root().descriptor()));
    LayoutSink sink(path, pool);
    image::CopyOptions options;
    options.referrers = true;
    copy(memory, reference("app:1"), sink, reference("app:1"), options);

    image::MemoryPlace back;
    auto source = open();
    const auto result = copy(*source, reference("app:1"), back, reference("back:1"), options);
    EXPECT_EQ(result.root.digest, content.root().digest());
    for (const auto& [digest, bytes] : content.blobs)
        EXPECT_TRUE(back.has_blob(digest));
    const auto referrers =
        testing::run_async<std::vector<oci::Descriptor>>([&]() -> awaitable<std::vector<oci::Descriptor>> {
            const auto subject = content.root().digest();
            co_return co_await source->list_referrers(subject);
        });
    ASSERT_EQ(referrers.size(), 1U);
    EXPECT_EQ(referrers[0].artifact_type, "application/vnd.example.signature");
}

TEST_F(Layout, SaysUnchangedWhenItHasTheImage) {
    fill();
    LayoutSink sink(path, pool);
    EXPECT_TRUE(copy(memory, reference("app:1"), sink, reference("app")).unchanged);
}

TEST_F(Layout, KeepsOtherNamesAndSharedBlobs) {
    const auto first = fill();
    image::RandomImageOptions other;
    other.seed = 2;
    memory.add(reference("app:2"), image::random_image(other));
    LayoutSink sink(path, pool);
    copy(memory, reference("app:2"), sink, reference("second"));
    copy(memory, reference("app:2"), sink, reference("app"));
    const auto again = copy(memory, reference("app:1"), sink, reference("third"));
    EXPECT_EQ(again.blobs_copied, 0U);
    const auto index = LayoutIndex::parse(read(path / "index.json"));
    ASSERT_TRUE(index);
    EXPECT_EQ(index->entries().size(), 3U);
    EXPECT_NE(index->find_name("app")->digest, first.root().digest());
    EXPECT_EQ(index->find_name("third")->digest, first.root().digest());
}

TEST_F(Layout, ShowsNothingOfACopyThatFailed) {
    auto content = image::random_image();
    memory.add(reference("app:1"), content);
    memory.damage_blob(content.root().layers()[1].digest, "other bytes");
    LayoutSink sink(path, pool);
    const auto message = failure_of([&]() -> awaitable<void> {
        image::CopyProgress progress;
        image::CopyOptions options;
        options.attempts = 1;
        co_await image::copy(memory, reference("app:1"), sink, reference("app"), options, progress);
    });
    EXPECT_NE(message.find("is damaged: its bytes give"), std::string::npos) << message;
    EXPECT_FALSE(fs::exists(path / "index.json"));
    EXPECT_FALSE(fs::exists(blob_path(path, content.root().layers()[1].digest)));
}

TEST_F(Layout, HoldsNothingAfterADroppedFirstDeliveryAndTakesTheNext) {
    auto content = image::random_image();
    memory.add(reference("app:1"), content);
    LayoutSink sink(path, pool);
    testing::run_async([&]() -> awaitable<void> {
        auto delivery = co_await sink.begin(reference("app"));
        const auto config = *content.root().config();
        const image::BlobOpener open = [&](std::uint64_t offset) { return memory.open_blob(config, offset); };
        co_await delivery->put_blob(config, open, {});
    });
    ASSERT_TRUE(fs::exists(path / "oci-layout"));
    ASSERT_FALSE(fs::exists(path / "index.json"));
    auto source = open();
    testing::run_async([&]() -> awaitable<void> {
        const oci::Reference any;
        const auto found = co_await source->find(any);
        EXPECT_FALSE(found);
        const auto named = co_await source->find(reference("app"));
        EXPECT_FALSE(named);
        const auto referrers = co_await source->list_referrers(content.root().digest());
        EXPECT_TRUE(referrers.empty());
        const auto current = co_await sink.find_current(reference("app"));
        EXPECT_FALSE(current);
    });
    const auto result = copy(memory, reference("app:1"), sink, reference("app"));
    EXPECT_EQ(result.blobs_skipped, 1U);
    image::MemoryPlace back;
    EXPECT_EQ(copy(*source, reference("app"), back, reference("back:1")).root.digest, content.root().digest());
}

TEST_F(Layout, ResumesABlobWhereAnEarlierCopyEnded) {
    image::RandomImageOptions options;
    options.layers = 1;
    options.layer_bytes = 400'000;
    auto content = image::random_image(options);
    memory.add(reference("app:1"), content);
    const auto layer = content.root().layers()[0];
    const auto hidden = blob_path(path, layer.digest).parent_path() / ("." + layer.digest.hex() + ".part");
    LayoutSink sink(path, pool);
    write(path / "oci-layout", layout_file_bytes());
    write(hidden, content.blobs.at(layer.digest)->substr(0, 150'000));
    memory.forget_calls();
    copy(memory, reference("app:1"), sink, reference("app"));
    EXPECT_EQ(read(blob_path(path, layer.digest)), *content.blobs.at(layer.digest));
    EXPECT_EQ(memory.calls().bytes_read, content.root().config()->size + layer.size - 150'000);
    EXPECT_FALSE(fs::exists(hidden));
}

TEST_F(Layout, TakesACompletePartFileWithoutReadingMore) {
    const auto content = image::random_image();
    memory.add(reference("app:1"), content);
    const auto layer = content.root().layers()[0];
    LayoutSink sink(path, pool);
    write(path / "oci-layout", layout_file_bytes());
    write(blob_path(path, layer.digest).parent_path() / ("." + layer.digest.hex() + ".part"),
          *content.blobs.at(layer.digest));
    memory.forget_calls();
    copy(memory, reference("app:1"), sink, reference("app"));
    EXPECT_EQ(memory.calls().open_blob, content.blobs.size() - 1);
    EXPECT_EQ(read(blob_path(path, layer.digest)), *content.blobs.at(layer.digest));
}

TEST_F(Layout, StartsAnewWhereAPartFileHoldsOtherBytes) {
    const auto content = image::random_image();
    memory.add(reference("app:1"), content);
    const auto layer = content.root().layers()[0];
    LayoutSink sink(path, pool);
    write(path / "oci-layout", layout_file_bytes());
    write(blob_path(path, layer.digest).parent_path() / ("." + layer.digest.hex() + ".part"), "garbage");
    copy(memory, reference("app:1"), sink, reference("app"));
    EXPECT_EQ(read(blob_path(path, layer.digest)), *content.blobs.at(layer.digest));
}

TEST_F(Layout, TakesWritersAtTheSameTime) {
    for (int i = 0; i < 8; ++i) {
        image::RandomImageOptions options;
        options.seed = static_cast<std::uint64_t>(i);
        memory.add(reference("app:" + std::to_string(i)), image::random_image(options));
    }
    LayoutSink sink(path, pool);
    testing::run_async([&]() -> awaitable<void> {
        const std::function<awaitable<void>(std::size_t)> body = [&](std::size_t i) -> awaitable<void> {
            image::CopyProgress progress;
            const image::CopyOptions options;
            const auto name = reference("app:" + std::to_string(i));
            co_await image::copy(memory, name, sink, name, options, progress);
        };
        co_await async::for_each_index(8, 8, body);
    });
    EXPECT_EQ(LayoutIndex::parse(read(path / "index.json"))->entries().size(), 8U);
}

TEST_F(Layout, WaitsForTheLockOfAnotherWriter) {
    write(path / "oci-layout", layout_file_bytes());
    const auto layout = LayoutDirectory::open(path);
    std::atomic<bool> second = false;
    auto held = std::make_optional(layout.lock());
    std::jthread waiter([&] {
        const auto guard = layout.lock();
        second = true;
    });
    EXPECT_FALSE(second);
    held.reset();
    waiter.join();
    EXPECT_TRUE(second);
}

TEST_F(Layout, RefusesADirectoryThatIsNone) {
    EXPECT_EQ(open_failure(), "there is no such image layout");
    write(path / "letter.txt", "hello");
    EXPECT_EQ(open_failure(), "this is not an image layout: it has no oci-layout file");
    LayoutSink sink(path, pool);
    const auto begun = failure_of([&]() -> awaitable<void> { co_await sink.begin(reference("app")); });
    EXPECT_EQ(begun, "the directory is not empty and not an image layout");
    write(path / "oci-layout", "{}");
    EXPECT_EQ(open_failure(), "the oci-layout file is not valid: imageLayoutVersion is missing");
    path = path / "letter.txt";
    EXPECT_EQ(open_failure(), "an image layout is a directory, this is a file");
}

TEST_F(Layout, NeverFollowsLinks) {
    const auto content = fill();
    const auto config = *content.root().config();
    const auto outside = directory / "outside";
    write(outside, *content.blobs.at(config.digest));
    fs::remove(blob_path(path, config.digest));
    fs::create_symlink(outside, blob_path(path, config.digest));
    auto source = open();
    const std::function<awaitable<void>()> open_config = [&]() -> awaitable<void> {
        co_await source->open_blob(config);
    };
    EXPECT_EQ(failure_of(open_config), "the layout's " + config.digest.hex() + " is a link, which is not followed");

    fs::rename(path / "blobs", directory / "elsewhere");
    fs::create_directory_symlink(directory / "elsewhere", path / "blobs");
    EXPECT_EQ(failure_of(open_config), "the layout's blobs is not a directory");
    fs::remove(path / "index.json");
    fs::create_symlink("/etc/passwd", path / "index.json");
    EXPECT_EQ(find_failure(), "the layout's index.json is a link, which is not followed");
}

TEST_F(Layout, NeverWritesThroughLinks) {
    const auto content = image::random_image();
    memory.add(reference("app:1"), content);
    const auto victim = directory / "victim";
    write(victim, "precious");
    write(path / "oci-layout", layout_file_bytes());
    const auto digest = content.root().config()->digest;
    fs::create_directories(blob_path(path, digest).parent_path());
    fs::create_symlink(victim, blob_path(path, digest).parent_path() / ("." + digest.hex() + ".part"));
    LayoutSink sink(path, pool);
    const auto message = failure_of([&]() -> awaitable<void> {
        image::CopyProgress progress;
        const image::CopyOptions options;
        co_await image::copy(memory, reference("app:1"), sink, reference("app"), options, progress);
    });
    EXPECT_NE(message.find(".part is a link, which is not followed"), std::string::npos) << message;
    EXPECT_EQ(read(victim), "precious");
}

TEST_F(Layout, NeverHangsOnSpecialFiles) {
    fill();
    fs::remove(path / "index.json");
    ASSERT_EQ(::mkfifo((path / "index.json").c_str(), 0600), 0);
    EXPECT_EQ(find_failure(), "the layout's index.json is not a regular file");
    fs::remove(path / "index.json");
    fs::create_directory(path / "index.json");
    EXPECT_EQ(find_failure(), "the layout's index.json is not a regular file");
}

TEST_F(Layout, BoundsAndChecksTheIndex) {
    fill();
    write(path / "index.json", std::string(oci::ManifestLimits::bytes + 1, ' '));
    EXPECT_EQ(find_failure(), "the layout's index.json is larger than 4194304 bytes");
    write(path / "index.json", "{");
    EXPECT_NE(find_failure().find("the layout's index.json is not valid: "), std::string::npos);
}

TEST_F(Layout, VerifiesManifests) {
    const auto content = fill();
    write(blob_path(path, content.root().digest()), "{}");
    EXPECT_EQ(find_failure(),
              "the layout's manifest " + content.root().digest().to_string() + " has other bytes than its digest says");
    fs::remove(blob_path(path, content.root().digest()));
    EXPECT_EQ(find_failure(), "the layout has no manifest " + content.root().digest().to_string());
    fs::resize_file((write(blob_path(path, content.root().digest()), ""), blob_path(path, content.root().digest())),
                    5 * MiB);
    EXPECT_EQ(find_failure(),
              "the layout's manifest " + content.root().digest().to_string() + " is larger than 4194304 bytes");
}

TEST_F(Layout, FindsByDigestWhatTheIndexDoesNotName) {
    auto content = image::random_index({*oci::Platform::parse("linux/amd64"), *oci::Platform::parse("linux/arm64")});
    memory.add(reference("app:1"), content);
    LayoutSink sink(path, pool);
    copy(memory, reference("app:1"), sink, reference("app"));
    auto source = open();
    const auto child = content.root().manifests()[0].digest;
    const auto find = [&](const oci::Digest& digest) {
        return testing::run_async<std::optional<oci::Descriptor>>([&]() -> awaitable<std::optional<oci::Descriptor>> {
            const auto wanted = reference("x").with_digest(digest);
            co_return co_await source->find(wanted);
        });
    };
    EXPECT_EQ(find(child)->digest, child);
    EXPECT_FALSE(find(oci::Digest::of("unknown")));
    EXPECT_FALSE(find(content.blobs.begin()->first)); // a blob that is no manifest
}

} // namespace
} // namespace cang::layout
