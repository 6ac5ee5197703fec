#include "async/turns.hpp"

#include "async/for_each_limit.hpp"
#include "base/error.hpp"
#include "testing/run_async.hpp"

#include <fmt/format.h>

#include <gtest/gtest.h>

namespace cang::async {
namespace {

TEST(Turns, AreGivenOneAtATimeInTheOrderOfAsking) {
    Turns turns;
    std::string log;
    testing::run_async([&]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const std::function<awaitable<void>(std::size_t)> body = [&](std::size_t i) -> awaitable<void> {
            const auto turn = co_await turns.take();
            log += fmt::format("<{}", i);
            co_await asio::post(executor, asio::use_awaitable);
            log += ">";
        };
        co_await for_each_index(4, 4, body);
    });
    EXPECT_EQ(log, "<0><1><2><3>");
}

TEST(Turns, SkipThoseWhoGaveUpWaiting) {
    Turns turns;
    bool third = false;
    testing::run_async([&]() -> awaitable<void> {
        const std::function<awaitable<void>(std::size_t)> failing = [&](std::size_t i) -> awaitable<void> {
            if (i == 1)
                throw Error(ErrorKind::unavailable, "broken");
            const auto turn = co_await turns.take();
        };
        auto held = std::make_optional(co_await turns.take());
        try {
            co_await for_each_index(2, 2, failing);
        } catch (const Error& error) {
            EXPECT_EQ(error.message(), "broken");
        }
        held.reset();
        const auto turn = co_await turns.take();
        third = true;
    });
    EXPECT_TRUE(third);
}

} // namespace
} // namespace cang::async
