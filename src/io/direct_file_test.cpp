#include "io/direct_file.hpp"

#include "io/pump.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace cang::io {

namespace {

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>('a' + (i * 7 + i / 4096) % 26);
    return text;
}

} // namespace

// Odd begin, odd end, neighbours on the same page that were written the usual way before and after.
TEST(DirectFile, MixesWithTheUsualWritesOfTheSameFile) {
    testing::TempDir directory;
    auto path = directory.path() / "file";
    auto file = std::make_shared<const FileDescriptor>(open_file(path, O_RDWR | O_CREAT, "testing"));
    DirectFile direct(file);
    const auto text = pattern(3'500'000);
    constexpr std::size_t header = 512;
    write_at(*file, as_bytes(std::string(header, 'h')), 0, "testing");

    std::uint64_t offset = header;
    const std::vector<BlockConsumer> consumers{[&](ByteView bytes) {
        direct.write(bytes, offset, "testing");
        offset += bytes.size();
    }};
    asio::thread_pool pool(2);
    testing::run_async([&]() -> awaitable<void> {
        auto source = memory_reader(text);
        auto total = co_await pump(*source, pool, consumers, kPumpBlock, {}, first_block_at(offset));
        EXPECT_EQ(total, text.size());
    });
    write_at(*file, as_bytes(std::string("end")), offset, "testing");
    auto written = find_file_text(path, 10 * MiB, "testing");
    EXPECT_TRUE(written == std::string(header, 'h') + text + "end");
}

TEST(DirectFile, LetsLaterBlocksBeginOnAPage) {
    EXPECT_EQ(first_block_at(0), kPumpBlock);
    EXPECT_EQ(first_block_at(512), kPumpBlock - 512);
    EXPECT_EQ((first_block_at(1'234'567) + 1'234'567) % kPageBytes, 0u);
}

} // namespace cang::io
