// Cancellation at the moments when Asio's own frame around a spawned coroutine would throw out of io_context::run().
#include "async/cancellation.hpp"
#include "async/for_each_limit.hpp"
#include "async/sleep.hpp"
#include "async/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace cang::async {
namespace {

using namespace std::chrono_literals;

TEST(TaskGroupStop, BeforeTheTaskHasBegunDropsIt) {
    asio::io_context loop(1);
    TaskGroup group(loop.get_executor());
    bool ran = false;
    auto witness = std::make_shared<int>(1);
    std::function<awaitable<void>()> task = [&ran, witness]() -> awaitable<void> {
        ran = true;
        co_return;
    };
    group.spawn("not begun", std::move(task));
    task = {};
    group.cancel_all(); // the loop has not run yet
    EXPECT_NO_THROW(loop.run());
    EXPECT_FALSE(ran);
    EXPECT_EQ(group.size(), 0U);
    EXPECT_EQ(group.failures(), 0U);
    EXPECT_EQ(witness.use_count(), 1);
}

TEST(TaskGroupStop, FromWithinATaskThatNeverSuspended) {
    asio::io_context loop(1);
    TaskGroup group(loop.get_executor());
    int ended = 0;
    group.spawn("returns", [&]() -> awaitable<void> {
        group.cancel_all();
        ++ended;
        co_return;
    });
    EXPECT_NO_THROW(loop.run());
    EXPECT_EQ(ended, 1);
    EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroupStop, FromWithinATaskThatThenThrowsCountsItsFailure) {
    asio::io_context loop(1);
    TaskGroup group(loop.get_executor());
    group.spawn("throws", [&]() -> awaitable<void> {
        group.cancel_all();
        throw Error(ErrorKind::internal, "expected by a test");
        co_return;
    });
    EXPECT_NO_THROW(loop.run());
    EXPECT_EQ(group.size(), 0U);
    EXPECT_EQ(group.failures(), 1U);
}

TEST(TaskGroupStop, AfterATaskEndedWithoutSuspensionIsHarmless) {
    asio::io_context loop(1);
    TaskGroup group(loop.get_executor());
    int ended = 0;
    auto main = [&]() -> awaitable<void> {
        // Begins at once, since the loop runs already, and has returned when cancel_all() is called.
        group.spawn("returns", [&]() -> awaitable<void> {
            ++ended;
            co_return;
        });
        group.cancel_all();
        co_await group.join();
        ++ended;
    };
    asio::co_spawn(loop, main, [](std::exception_ptr) {});
    EXPECT_NO_THROW(loop.run());
    EXPECT_EQ(ended, 2);
}

// Runs for_each_index from a loop; what it threw, "" for nothing. Fails the test when an exception leaves the loop.
std::string fan_out(std::size_t count, std::size_t limit, std::function<awaitable<void>(std::size_t)> body) {
    asio::io_context loop(1);
    std::string thrown;
    auto main = [&]() -> awaitable<void> { co_await for_each_index(count, limit, body); };
    asio::co_spawn(loop, main, [&](std::exception_ptr failure) {
        try {
            if (failure)
                std::rethrow_exception(failure);
        } catch (const Error& error) {
            thrown = error.message();
        }
    });
    EXPECT_NO_THROW(loop.run());
    return thrown;
}

TEST(ForEachStop, AFailureAtOnceLeavesTheOthersUnstarted) {
    int started = 0;
    std::function<awaitable<void>(std::size_t)> body = [&](std::size_t index) -> awaitable<void> {
        ++started;
        if (index == 0)
            throw Error(ErrorKind::corrupt, "the first is broken");
        co_await sleep_for(1h);
    };
    EXPECT_EQ(fan_out(20, 1, body), "the first is broken");
    EXPECT_EQ(started, 1);
}

TEST(ForEachStop, AFailureAtOnceReachesBodiesThatAlreadyWaitAndBodiesThatAllThrow) {
    std::function<awaitable<void>(std::size_t)> body = [](std::size_t index) -> awaitable<void> {
        if (index == 0)
            throw Error(ErrorKind::corrupt, "the first is broken");
        co_await sleep_for(1h);
    };
    EXPECT_EQ(fan_out(20, 8, body), "the first is broken");
    std::function<awaitable<void>(std::size_t)> all = [](std::size_t index) -> awaitable<void> {
        throw Error(ErrorKind::corrupt, "broken: " + std::to_string(index));
        co_return;
    };
    EXPECT_EQ(fan_out(20, 8, all), "broken: 0");
}

TEST(ForEachStop, ABodyMayCancelItsOwnCallerBeforeItSuspends) {
    asio::io_context loop(1);
    TaskGroup group(loop.get_executor());
    int started = 0;
    bool cancelled = false;
    std::function<awaitable<void>(std::size_t)> body = [&](std::size_t index) -> awaitable<void> {
        ++started;
        if (index == 1)
            group.cancel_all();
        co_return;
    };
    group.spawn("fan-out", [&]() -> awaitable<void> {
        std::exception_ptr failure;
        try {
            co_await for_each_index(10, 2, body);
        } catch (...) {
            failure = std::current_exception();
        }
        cancelled = is_cancellation(failure);
    });
    EXPECT_NO_THROW(loop.run());
    EXPECT_TRUE(cancelled);
    EXPECT_LT(started, 10) << "the worker that cancelled and those after it stop";
    EXPECT_EQ(group.size(), 0U);
}

} // namespace
} // namespace cang::async
