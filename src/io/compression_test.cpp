#include "io/compression.hpp"

#include "base/error.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::io {
namespace {

using testing::run_async;

// Compresses to about a third, has no period.
std::string sample(std::size_t size) {
    std::string text;
    std::uint32_t state = 7;
    while (text.size() < size) {
        state = state * 1664525 + 1013904223;
        text += "word" + std::to_string(state >> 12) + (state % 7 == 0 ? "\n" : " and ");
    }
    text.resize(size);
    return text;
}

// Gives `piece` bytes at a time, as a slow network does.
class DribblingReader final : public Reader {
public:
    DribblingReader(std::string bytes, std::size_t piece) : inner_(memory_reader(std::move(bytes))), piece_(piece) {}
    awaitable<std::size_t> read(MutableBytes buffer) override {
        co_return co_await inner_->read(buffer.first(std::min(buffer.size(), piece_)));
    }

private:
    ReaderPtr inner_;
    std::size_t piece_;
};

class CompressionTest : public ::testing::TestWithParam<Compression> {
protected:
    std::string compress(std::string bytes, std::size_t piece = SIZE_MAX) {
        return run_async<std::string>([&]() -> awaitable<std::string> {
            auto reader = compressing_reader(std::make_unique<DribblingReader>(bytes, piece), GetParam(), pool_);
            co_return co_await read_all(*reader, 64 * MiB);
        });
    }

    std::string decompress(std::string bytes, InflateLimits limits = {}, std::size_t piece = SIZE_MAX) {
        return run_async<std::string>([&]() -> awaitable<std::string> {
            auto inner = std::make_unique<DribblingReader>(bytes, piece);
            auto reader = decompressing_reader(std::move(inner), GetParam(), pool_, limits);
            co_return co_await read_all(*reader, 64 * MiB);
        });
    }

    std::string failure_of(std::string bytes, InflateLimits limits = {}) {
        try {
            decompress(std::move(bytes), limits);
        } catch (const Error& error) {
            return error.message();
        }
        return "no error";
    }

    std::string name() const { return GetParam() == Compression::gzip ? "gzip" : "zstd"; }

    async::BlockingPool pool_{2};
};

TEST_P(CompressionTest, ComesBackAsItWasAtEverySize) {
    for (std::size_t size : {0UL, 1UL, 1000UL, 262'144UL, 524'288UL, 524'289UL, 5'000'000UL}) {
        auto text = sample(size);
        auto packed = compress(text);
        EXPECT_LT(packed.size(), size / 2 + 100);
        EXPECT_TRUE(decompress(packed) == text) << size;
    }
}

TEST_P(CompressionTest, DoesNotDependOnHowTheBytesArrive) {
    auto text = sample(1'500'000);
    auto packed = compress(text);
    EXPECT_TRUE(compress(text, 1000) == packed);
    EXPECT_TRUE(decompress(packed, {}, 777) == text);
}

TEST_P(CompressionTest, ReadsSeveralMembersAsOneStream) {
    auto packed = compress("first ") + compress("") + compress("second");
    EXPECT_EQ(decompress(packed), "first second");
    EXPECT_EQ(decompress(packed, {}, 1), "first second");
}

TEST_P(CompressionTest, SaysWhenTheBytesAreCutShort) {
    auto packed = compress(sample(900'000));
    for (auto size : {packed.size() - 1, packed.size() / 2, std::size_t{12}, std::size_t{0}})
        EXPECT_EQ(failure_of(packed.substr(0, size)), "the " + name() + " data is cut short") << size;
}

TEST_P(CompressionTest, SaysWhenTheBytesAreDamaged) {
    auto packed = compress(sample(100'000));
    auto damaged = packed;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
    EXPECT_TRUE(failure_of(damaged).starts_with("the " + name() + " data is damaged")) << failure_of(damaged);
    EXPECT_TRUE(failure_of(packed + "trailing garbage").starts_with("the " + name() + " data is damaged"));
}

TEST_P(CompressionTest, StopsAtTheLimitOfBytes) {
    auto packed = compress(sample(1'000'000));
    EXPECT_EQ(failure_of(packed, {.max_bytes = 999'999}), "the content unpacks to more than 999999 bytes");
    EXPECT_EQ(failure_of(packed, {.max_bytes = 1'000'000}), "no error");
}

TEST_P(CompressionTest, StopsABombByItsRatio) {
    auto packed = compress(std::string(40 * MiB, '\0'));
    EXPECT_EQ(failure_of(packed, {.max_ratio = 20}), "the content unpacks to more than 20 times its size");
}

TEST_P(CompressionTest, IsRecognisedByItsFirstBytes) {
    auto packed = compress("some text");
    EXPECT_EQ(detect_compression(as_bytes(packed)), GetParam());
    run_async([&]() -> awaitable<void> {
        Compression found = Compression::none;
        auto reader = co_await io::decompress(memory_reader(packed), pool_, {}, &found);
        auto text = co_await read_all(*reader, 100);
        EXPECT_EQ(text, "some text");
        EXPECT_EQ(found, GetParam());
    });
}

TEST_P(CompressionTest, MayBeDroppedHalfRead) {
    auto packed = compress(sample(3'000'000));
    run_async([&]() -> awaitable<void> {
        auto reader = decompressing_reader(memory_reader(packed), GetParam(), pool_);
        std::array<std::byte, 10> few;
        auto length = co_await reader->read(few);
        EXPECT_EQ(length, 10U);
    });
}

INSTANTIATE_TEST_SUITE_P(Formats, CompressionTest, ::testing::Values(Compression::gzip, Compression::zstd),
                         [](const auto& tested) { return tested.param == Compression::gzip ? "Gzip" : "Zstd"; });

TEST(Decompress, PassesPlainBytesThrough) {
    async::BlockingPool pool(1);
    run_async([&]() -> awaitable<void> {
        for (std::string text : {"", "a", "plain text"}) {
            Compression found = Compression::gzip;
            auto reader = co_await decompress(memory_reader(text), pool, {}, &found);
            auto read = co_await read_all(*reader, 100);
            EXPECT_EQ(read, text);
            EXPECT_EQ(found, Compression::none);
        }
    });
}

} // namespace
} // namespace cang::io
