#include "io/reader.hpp"

#include "base/error.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::io {
namespace {

using testing::run_async;

class StringWriter final : public Writer {
public:
    awaitable<void> write(ByteView bytes) override {
        text += as_text(bytes);
        co_return;
    }
    std::string text;
};

TEST(MemoryReader, GivesTheBytesAndThenTheEndAgainAndAgain) {
    run_async([]() -> awaitable<void> {
        auto reader = memory_reader(std::string("abcde"));
        std::array<std::byte, 3> buffer;
        auto first = co_await reader->read(buffer);
        EXPECT_EQ(first, 3U);
        auto second = co_await reader->read(buffer);
        EXPECT_EQ(as_text(ByteView(buffer).first(second)), "de");
        auto third = co_await reader->read(buffer);
        auto fourth = co_await reader->read(buffer);
        EXPECT_EQ(third + fourth, 0U);
    });
}

TEST(LimitedReader, EndsAtTheLimitOrAtTheEnd) {
    run_async([]() -> awaitable<void> {
        auto cut = limited_reader(memory_reader(std::string("abcde")), 4);
        auto text = co_await read_all(*cut, 100);
        EXPECT_EQ(text, "abcd");
        auto whole = limited_reader(memory_reader(std::string("abcde")), 9);
        auto rest = co_await read_all(*whole, 100);
        EXPECT_EQ(rest, "abcde");
    });
}

TEST(ReadAll, TakesExactlyTheLimitAndRefusesOneByteMore) {
    run_async([]() -> awaitable<void> {
        std::string large(100'000, 'x');
        auto fits = memory_reader(large);
        auto text = co_await read_all(*fits, large.size());
        EXPECT_EQ(text, large);
        auto empty = memory_reader(std::string());
        auto nothing = co_await read_all(*empty, 0);
        EXPECT_EQ(nothing, "");
        auto excess = memory_reader(large);
        std::string message;
        try {
            co_await read_all(*excess, large.size() - 1);
        } catch (const Error& error) {
            message = error.message();
            EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
        }
        EXPECT_EQ(message, "the content is larger than 99999 bytes");
    });
}

TEST(Transfer, MovesEverythingInPieces) {
    run_async([]() -> awaitable<void> {
        std::string text(1000, 'y');
        auto source = memory_reader(text);
        StringWriter target;
        auto moved = co_await transfer(*source, target, 7);
        EXPECT_EQ(moved, 1000U);
        EXPECT_EQ(target.text, text);
    });
}

TEST(Drain, CountsWhatItForgets) {
    run_async([]() -> awaitable<void> {
        auto source = memory_reader(std::string(200'000, 'z'));
        auto count = co_await drain(*source);
        EXPECT_EQ(count, 200'000U);
    });
}

} // namespace
} // namespace cang::io
