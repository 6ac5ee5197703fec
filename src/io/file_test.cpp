#include "io/file.hpp"

#include "io/temp_file.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>

namespace cang::io {
namespace {

using testing::run_async;
using testing::TempDir;

std::string sample(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>((i * 2654435761U) >> 13);
    return bytes;
}

TEST(DiskError, SaysThatTheDiskIsFullOrFails) {
    EXPECT_EQ(disk_error(ENOSPC, "storing the content").message(), "storing the content: the disk is full");
    EXPECT_EQ(disk_error(EDQUOT, "storing the content").kind(), ErrorKind::unavailable);
    EXPECT_EQ(disk_error(EIO, "storing the content").message(),
              "storing the content: the disk fails (input/output error)");
    EXPECT_EQ(disk_error(EIO, "x").kind(), ErrorKind::unavailable);
    EXPECT_EQ(disk_error(EACCES, "x").kind(), ErrorKind::permission_denied);
}

TEST(AtomicWriteFile, ReplacesTheFileAndLeavesNothingElse) {
    TempDir directory;
    atomic_write_file(directory / "f", as_bytes("old"), "writing");
    atomic_write_file(directory / "f", as_bytes("new"), "writing");
    EXPECT_EQ(find_file_text(directory / "f", 10, "reading"), "new");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1);
    EXPECT_THROW(atomic_write_file(directory / "none" / "f", as_bytes("x"), "writing"), Error);
}

TEST(FindFileText, TellsAbsenceFromTooLarge) {
    TempDir directory;
    EXPECT_EQ(find_file_text(directory / "none", 10, "reading"), std::nullopt);
    atomic_write_file(directory / "f", as_bytes("12345"), "writing");
    EXPECT_EQ(find_file_text(directory / "f", 5, "reading"), "12345");
    EXPECT_THROW(find_file_text(directory / "f", 4, "reading"), Error);
}

TEST(FileReader, GivesAnyPartOfAFileFromMemoryOrDisk) {
    TempDir directory;
    auto bytes = sample(3'000'001);
    async::BlockingPool pool(2);
    run_async([&]() -> awaitable<void> {
        atomic_write_file(directory / "f", as_bytes(bytes), "writing");
        auto file = open_shared(directory / "f", "opening");
        for (bool cached : {true, false})
            for (auto [offset, length] : {std::pair<std::uint64_t, std::uint64_t>{0, UINT64_MAX},
                                          {1, 600'000},
                                          {524'288, 524'288},
                                          {2'999'999, 50},
                                          {3'000'001, 1},
                                          {5, 0}}) {
                if (!cached)
                    ::posix_fadvise(file->get(), 0, 0, POSIX_FADV_DONTNEED);
                auto reader = file_reader(file, offset, length, pool);
                auto text = co_await read_all(*reader, 4 * MiB);
                EXPECT_TRUE(text == bytes.substr(offset, length)) << offset << " " << length;
            }
    });
}

TEST(FileReader, MayBeDroppedHalfRead) {
    TempDir directory;
    auto bytes = sample(3'000'000);
    async::BlockingPool pool(1);
    run_async([&]() -> awaitable<void> {
        atomic_write_file(directory / "f", as_bytes(bytes), "writing");
        auto file = open_shared(directory / "f", "opening");
        ::posix_fadvise(file->get(), 0, 0, POSIX_FADV_DONTNEED);
        auto reader = file_reader(std::move(file), 0, UINT64_MAX, pool);
        std::array<std::byte, 10> few;
        auto length = co_await reader->read(few);
        EXPECT_EQ(length, 10U);
    });
}

TEST(Spool, KeepsWhatWasWrittenForSeveralReaders) {
    TempDir directory;
    auto bytes = sample(2'500'000);
    async::BlockingPool pool(2);
    run_async([&]() -> awaitable<void> {
        auto spool = co_await Spool::create(directory.path(), pool);
        for (std::size_t offset = 0; offset < bytes.size(); offset += 300'000)
            co_await spool->write(
                as_bytes(bytes).subspan(offset, std::min<std::size_t>(300'000, bytes.size() - offset)));
        co_await spool->finish();
        EXPECT_EQ(spool->size(), bytes.size());
        auto first = spool->open();
        auto second = spool->open(1000, 5000);
        auto whole = co_await read_all(*first, 4 * MiB);
        auto part = co_await read_all(*second, 4 * MiB);
        EXPECT_TRUE(whole == bytes);
        EXPECT_TRUE(part == bytes.substr(1000, 5000));
        EXPECT_TRUE(std::filesystem::is_empty(directory.path())) << "the file has no name";
    });
}

TEST(FileWriter, ReportsAFailedWriteAtTheLatestWhenFinished) {
    async::BlockingPool pool(1);
    run_async([&]() -> awaitable<void> {
        FileWriter writer(std::make_shared<const FileDescriptor>(open_file("/dev/full", O_WRONLY, "opening")), pool, 0,
                          "writing the copy");
        std::string message;
        try {
            co_await writer.write(as_bytes("lost"));
            co_await writer.finish();
        } catch (const Error& error) {
            message = error.message();
        }
        EXPECT_EQ(message, "writing the copy: the disk is full");
    });
}

} // namespace
} // namespace cang::io
