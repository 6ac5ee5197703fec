#include "content/filesystem_store.hpp"

#include "async/for_each_limit.hpp"
#include "async/task_group.hpp"
#include "base/error.hpp"
#include "content/block_buffers.hpp"
#include "io/file.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <cstring>
#include <fstream>
#include <future>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <thread>

namespace cang::content {
namespace {

using testing::run_async;
using testing::TempDir;

std::string sample(std::size_t size, unsigned seed = 1) {
    std::string bytes(size, '\0');
    std::uint32_t state = seed * 2654435761U;
    for (auto& byte : bytes) {
        state = state * 1664525 + 1013904223;
        byte = static_cast<char>(state >> 24);
    }
    return bytes;
}

std::size_t files_below(const std::filesystem::path& path) {
    auto entries = std::filesystem::recursive_directory_iterator(path);
    return static_cast<std::size_t>(
        std::count_if(begin(entries), end(entries), [](const auto& entry) { return entry.is_regular_file(); }));
}

class FilesystemStoreTest : public ::testing::Test {
protected:
    void reopen() { store_ = std::make_unique<FilesystemStore>(directory_.path(), pool_); }

    // Begins an ingest, writes, suspends when asked and drops it; its id.
    std::string leave_ingest(const std::string& bytes, bool suspend) {
        return run_async<std::string>([&]() -> awaitable<std::string> {
            auto ingest = co_await store_->begin_ingest();
            co_await ingest->write(as_bytes(bytes));
            if (suspend)
                co_await ingest->suspend();
            co_return ingest->id();
        });
    }

    // Resumes, writes the rest and commits; the offset it resumed at.
    std::uint64_t finish_ingest(const std::string& id, const std::string& bytes) {
        return run_async<std::uint64_t>([&]() -> awaitable<std::uint64_t> {
            auto ingest = co_await store_->resume_ingest(id);
            auto offset = ingest->offset();
            co_await ingest->write(as_bytes(bytes).subspan(offset));
            auto digest = oci::Digest::of(bytes);
            co_await ingest->commit(digest);
            co_return offset;
        });
    }

    TempDir directory_;
    async::BlockingPool pool_{3};
    std::unique_ptr<FilesystemStore> store_ = std::make_unique<FilesystemStore>(directory_.path(), pool_);
};

TEST_F(FilesystemStoreTest, KeepsObjectsUnderTheirDigestAndNothingElse) {
    auto bytes = sample(3'000'000);
    auto id = leave_ingest(bytes, true);
    EXPECT_TRUE(std::filesystem::exists(directory_.path() / "uploads" / id / "data"));
    finish_ingest(id, bytes);
    auto hex = oci::Digest::of(bytes).hex();
    EXPECT_EQ(std::filesystem::file_size(directory_.path() / "blobs/sha256" / hex.substr(0, 2) / hex), bytes.size());
    EXPECT_EQ(files_below(directory_.path()), 1U);
    EXPECT_TRUE(std::filesystem::is_empty(directory_ / "uploads"));
}

TEST_F(FilesystemStoreTest, HashesAgainWhatCameAfterTheSavedState) {
    auto bytes = sample(5'000'000);
    auto id = leave_ingest(bytes.substr(0, 1'000'000), true);
    // A kill after more bytes had reached the file: the state is behind.
    std::ofstream(directory_.path() / "uploads" / id / "data", std::ios::binary | std::ios::app)
        << bytes.substr(1'000'000, 1'234'567);
    reopen();
    EXPECT_EQ(finish_ingest(id, bytes), 2'234'567U);
}

TEST_F(FilesystemStoreTest, TrustsNoStateOfAnotherBootOrThatIsDamagedOrAhead) {
    auto bytes = sample(2'000'000);
    for (std::string damage : {"boot", "garbage", "empty", "ahead", "missing"}) {
        auto id = leave_ingest(bytes.substr(0, 1'500'000), true);
        auto state = directory_.path() / "uploads" / id / "state";
        auto data = directory_.path() / "uploads" / id / "data";
        auto text = io::find_file_text(state, 10'000, "reading").value();
        std::uint64_t expected = 1'500'000;
        if (damage == "boot")
            text[0] = text[0] == '0' ? '1' : '0';
        if (damage == "garbage")
            text = sample(200);
        if (damage == "empty")
            text.clear();
        io::atomic_write_file(state, as_bytes(text), "writing");
        if (damage == "ahead")
            std::filesystem::resize_file(data, expected = 1'000'001);
        if (damage == "missing")
            std::filesystem::remove(state);
        reopen();
        EXPECT_EQ(finish_ingest(id, bytes), expected) << damage;
    }
}

TEST_F(FilesystemStoreTest, FindsOutWhenTheDiskLostBytesOfAnUpload) {
    auto bytes = sample(2'000'000);
    auto id = leave_ingest(bytes.substr(0, 1'500'000), true);
    auto upload = directory_.path() / "uploads" / id;
    std::filesystem::remove(upload / "state");
    std::fstream data(upload / "data", std::ios::binary | std::ios::in | std::ios::out);
    data.seekp(700'000);
    data << "zeros after a power failure";
    data.close();
    reopen();
    EXPECT_THROW(finish_ingest(id, bytes), Error);
    EXPECT_EQ(files_below(directory_.path()), 0U);
}

TEST_F(FilesystemStoreTest, SavesStateOnTheWayThroughALargeUpload) {
    auto id = leave_ingest(sample(40 * MiB), false);
    EXPECT_TRUE(std::filesystem::exists(directory_.path() / "uploads" / id / "state"));
}

TEST_F(FilesystemStoreTest, KeepsAnIngestThatNothingWasWrittenTo) {
    auto id = leave_ingest("", false);
    reopen();
    EXPECT_EQ(finish_ingest(id, "text"), 0U);
}

TEST_F(FilesystemStoreTest, TakesBytesReadStraightIntoItsBuffer) {
    auto bytes = sample(5'000'003);
    run_async([&]() -> awaitable<void> {
        auto ingest = co_await store_->begin_ingest();
        for (std::size_t offset = 0; offset < bytes.size();) {
            auto space = ingest->buffer();
            EXPECT_FALSE(space.empty());
            auto length = std::min({space.size(), bytes.size() - offset, std::size_t{70'001}});
            std::memcpy(space.data(), bytes.data() + offset, length);
            co_await ingest->advance(length);
            offset += length;
            EXPECT_EQ(ingest->offset(), offset);
        }
        auto digest = oci::Digest::of(bytes);
        co_await ingest->commit(digest);
    });
}

TEST_F(FilesystemStoreTest, ServesMoreUploadsAtOnceThanItHasLargeBuffers) {
    run_async([&]() -> awaitable<void> {
        std::vector<std::unique_ptr<Ingest>> ingests;
        auto bytes = sample(200'000);
        for (int i = 0; i < 100; ++i) {
            ingests.push_back(co_await store_->begin_ingest());
            co_await ingests.back()->write(as_bytes(bytes));
        }
        auto digest = oci::Digest::of(bytes);
        for (auto& ingest : ingests)
            co_await ingest->commit(digest);
    });
    EXPECT_EQ(files_below(directory_.path()), 1U);
}

TEST_F(FilesystemStoreTest, ReplacesAnObjectThatWasCutShortOnDisk) {
    auto bytes = sample(100'000);
    finish_ingest(leave_ingest("", false), bytes);
    auto hex = oci::Digest::of(bytes).hex();
    auto path = directory_.path() / "blobs/sha256" / hex.substr(0, 2) / hex;
    std::filesystem::resize_file(path, 10);
    finish_ingest(leave_ingest("", false), bytes);
    EXPECT_EQ(std::filesystem::file_size(path), bytes.size());
}

TEST_F(FilesystemStoreTest, PassesForeignFilesOver) {
    std::filesystem::create_directories(directory_ / "blobs/sha256/aa");
    std::ofstream(directory_ / "blobs/sha256/aa/.nfs0001") << "x";
    std::filesystem::create_directories(directory_ / "uploads/not-an-id");
    run_async([&]() -> awaitable<void> {
        std::size_t visited = 0;
        std::function<void(const ObjectInfo&)> count = [&](const ObjectInfo&) { ++visited; };
        co_await store_->walk(count);
        auto ingests = co_await store_->list_ingests();
        EXPECT_EQ(visited + ingests.size(), 0U);
    });
}

// A disk of a few megabytes.
class SmallDisk {
public:
    explicit SmallDisk(const char* options) {
        mounted_ = ::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, options) == 0;
    }
    ~SmallDisk() {
        if (mounted_)
            ::umount2(directory_.path().c_str(), MNT_DETACH);
    }
    bool mounted() const { return mounted_; }
    const std::filesystem::path& path() const { return directory_.path(); }

private:
    TempDir directory_;
    bool mounted_ = false;
};

TEST(FilesystemStoreOnAFullDisk, SaysSoKeepsTheUploadAndGoesOnWhenThereIsSpace) {
    SmallDisk disk("size=6m");
    if (!disk.mounted())
        GTEST_SKIP() << "needs the right to mount";
    async::BlockingPool pool(2);
    FilesystemStore store(disk.path(), pool);
    auto bytes = sample(5'000'000);
    auto filler = disk.path() / "filler";
    std::ofstream(filler, std::ios::binary) << std::string(4'000'000, 'f');
    run_async([&]() -> awaitable<void> {
        auto ingest = co_await store.begin_ingest();
        auto id = ingest->id();
        std::string message;
        try {
            co_await ingest->write(as_bytes(bytes));
            co_await ingest->suspend();
        } catch (const Error& error) {
            message = error.message();
            EXPECT_EQ(error.kind(), ErrorKind::unavailable);
        }
        EXPECT_EQ(message, "storing the content: the disk is full");
        EXPECT_LE(ingest->offset(), 2'300'000U);
        ingest.reset();
        std::filesystem::remove(filler);
        auto resumed = co_await store.resume_ingest(id);
        EXPECT_GT(resumed->offset(), 0U);
        co_await resumed->write(as_bytes(bytes).subspan(resumed->offset()));
        auto digest = oci::Digest::of(bytes);
        auto object = co_await resumed->commit(digest);
        EXPECT_EQ(object.size, bytes.size());
    });
}

TEST(FilesystemStoreOnAFullDisk, SaysSoWhenNoInodesAreLeft) {
    SmallDisk disk("size=6m,nr_inodes=12");
    if (!disk.mounted())
        GTEST_SKIP() << "needs the right to mount";
    async::BlockingPool pool(2);
    FilesystemStore store(disk.path(), pool);
    run_async([&]() -> awaitable<void> {
        std::string message;
        try {
            for (int i = 0; i < 20; ++i) {
                auto text = "manifest " + std::to_string(i);
                auto ingest = co_await store.begin_ingest();
                co_await ingest->write(as_bytes(text));
                auto digest = oci::Digest::of(text);
                co_await ingest->commit(digest);
            }
        } catch (const Error& error) {
            message = error.message();
        }
        EXPECT_EQ(message, "storing the content: the disk is full");
    });
}

// Meant for ThreadSanitizer: one store, many coroutines on event loops of several threads.
TEST_F(FilesystemStoreTest, MayBeUsedFromManyThreads) {
    constexpr int kThreads = 4;
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread)
        threads.emplace_back([&, thread] {
            run_async([&, thread]() -> awaitable<void> {
                std::function<awaitable<void>(std::size_t)> round = [&, thread](std::size_t i) -> awaitable<void> {
                    // Every third object is pushed by all threads at once.
                    auto bytes = sample(700'000 + i * 4099, i % 3 == 0 ? 7 : static_cast<unsigned>(thread + 10));
                    auto digest = oci::Digest::of(bytes);
                    auto ingest = co_await store_->begin_ingest();
                    co_await ingest->write(as_bytes(bytes).first(bytes.size() / 2));
                    if (i % 2 == 0)
                        co_await ingest->suspend();
                    co_await ingest->write(as_bytes(bytes).subspan(bytes.size() / 2));
                    co_await ingest->commit(digest);
                    auto found = co_await store_->find(digest);
                    EXPECT_TRUE(found && found->size == bytes.size());
                    auto reader = co_await store_->open(digest);
                    auto length = co_await io::drain(*reader);
                    EXPECT_EQ(length, bytes.size());
                };
                co_await async::for_each_index(12, 4, round);
            });
        });
    threads.clear();
    EXPECT_TRUE(std::filesystem::is_empty(directory_ / "uploads"));
}

// Whoever is cancelled while it waits for the disk must not take the block in flight for lost.
TEST(FilesystemStoreCancelled, KeepsTheBlockThatWasOnItsWay) {
    TempDir directory;
    async::BlockingPool pool(1);
    FilesystemStore store(directory.path(), pool);
    auto bytes = sample(2 * BlockBuffers::kLarge);
    std::promise<void> disk;
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        async::TaskGroup group(executor);
        auto ingest = co_await store.begin_ingest();
        asio::post(pool, [ready = disk.get_future().share()] { ready.wait(); });
        group.spawn("upload", [&]() -> awaitable<void> {
            std::exception_ptr failure;
            try {
                co_await ingest->write(as_bytes(bytes)); // waits for its first block when it hands over the second
            } catch (...) {
                failure = std::current_exception();
            }
            EXPECT_FALSE(failure);
            co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
            co_await ingest->suspend();
        });
        group.cancel_all();
        disk.set_value();
        co_await group.join();
        EXPECT_EQ(group.failures(), 0U);
        EXPECT_EQ(ingest->offset(), bytes.size());
        auto digest = oci::Digest::of(bytes);
        auto object = co_await ingest->commit(digest);
        EXPECT_EQ(object.size, bytes.size());
    });
}

} // namespace
} // namespace cang::content
