#include "io/pump.hpp"

#include "base/error.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::io {
namespace {

TEST(Pump, GivesEveryConsumerEveryBlockInOrder) {
    std::string content;
    for (int i = 0; i < 5000; ++i)
        content += std::to_string(i);
    for (const std::size_t block : {7UL, 1000UL, content.size(), content.size() + 1}) {
        async::BlockingPool pool(2);
        std::string first;
        std::string second;
        std::uint64_t counted = 0;
        std::uint64_t total = 0;
        testing::run_async([&]() -> awaitable<void> {
            auto source = memory_reader(content);
            const std::vector<BlockConsumer> consumers{[&](ByteView bytes) { first += as_text(bytes); },
                                                       [&](ByteView bytes) { second += as_text(bytes); }};
            const std::function<void(std::uint64_t)> count = [&](std::uint64_t bytes) { counted += bytes; };
            total = co_await pump(*source, pool, consumers, block, count);
        });
        EXPECT_EQ(first, content);
        EXPECT_EQ(second, content);
        EXPECT_EQ(total, content.size());
        EXPECT_EQ(counted, content.size());
    }
}

TEST(Pump, EndsWithWhatAConsumerThrows) {
    async::BlockingPool pool(1);
    std::string message;
    testing::run_async([&]() -> awaitable<void> {
        auto source = memory_reader(std::string(100, 'x'));
        const std::vector<BlockConsumer> consumers{
            [](ByteView) { throw Error(ErrorKind::unavailable, "the disk is full"); }};
        try {
            co_await pump(*source, pool, consumers, 10);
        } catch (const Error& error) {
            message = error.message();
        }
    });
    EXPECT_EQ(message, "the disk is full");
}

} // namespace
} // namespace cang::io
