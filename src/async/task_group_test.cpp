#include "async/task_group.hpp"

#include "async/run_blocking.hpp"
#include "async/sleep.hpp"
#include "base/error.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace cang::async {
namespace {

using testing::run_async;
using namespace std::chrono_literals;

TEST(TaskGroup, JoinWaitsForEveryTaskAlsoForTheOnesStartedMeanwhile) {
    std::vector<int> order;
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        TaskGroup group(executor);
        group.spawn("outer", [&]() -> awaitable<void> {
            co_await sleep_for(1ms);
            group.spawn("inner", [&]() -> awaitable<void> {
                co_await sleep_for(1ms);
                order.push_back(2);
            });
            order.push_back(1);
        });
        EXPECT_EQ(group.size(), 1U);
        co_await group.join();
        EXPECT_EQ(group.size(), 0U);
    });
    EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(TaskGroup, CountsFailuresButNotCancellation) {
    run_async([]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        TaskGroup group(executor);
        group.spawn("breaks", []() -> awaitable<void> {
            throw Error(ErrorKind::internal, "expected by a test");
            co_return;
        });
        group.spawn("waits", []() -> awaitable<void> { co_await sleep_for(1h); });
        group.cancel_all();
        co_await group.join();
        EXPECT_EQ(group.failures(), 1U);
    });
}

TEST(TaskGroup, RefusesTasksAfterCancelAll) {
    bool ran = false;
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        TaskGroup group(executor);
        group.cancel_all();
        group.spawn("late", [&]() -> awaitable<void> {
            ran = true;
            co_return;
        });
        co_await group.join();
    });
    EXPECT_FALSE(ran);
}

TEST(TaskGroup, SeveralMayJoinAndACancelledJoinEndsWithoutTheTasks) {
    run_async([]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        TaskGroup tasks(executor);
        TaskGroup joiners(executor);
        int joined = 0;
        tasks.spawn("waits", []() -> awaitable<void> { co_await sleep_for(1h); });
        for (int i = 0; i < 2; ++i)
            joiners.spawn("joins", [&]() -> awaitable<void> {
                co_await tasks.join();
                ++joined;
            });
        co_await sleep_for(2ms);
        joiners.cancel_all();
        co_await joiners.join();
        EXPECT_EQ(joined, 0);
        EXPECT_EQ(tasks.size(), 1U);
        tasks.cancel_all();
        co_await tasks.join();
    });
}

TEST(SleepFor, ThrowsCancelledWhenCancelledMeanwhile) {
    ErrorKind kind = ErrorKind::internal;
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        TaskGroup group(executor);
        group.spawn("sleeps", [&]() -> awaitable<void> {
            try {
                co_await sleep_for(1h);
            } catch (const Error& error) {
                kind = error.kind();
            }
        });
        co_await sleep_for(1ms);
        group.cancel_all();
        co_await group.join();
    });
    EXPECT_EQ(kind, ErrorKind::cancelled);
}

TEST(RunBlocking, WorksOnThePoolAndResumesTheCallerAtHome) {
    BlockingPool pool(2);
    run_async([&]() -> awaitable<void> {
        auto home = std::this_thread::get_id();
        auto work = [] { return std::this_thread::get_id(); };
        auto worker = co_await run_blocking(pool, work);
        EXPECT_NE(worker, home);
        EXPECT_EQ(std::this_thread::get_id(), home);
    });
}

TEST(RunBlocking, CarriesTheExceptionOfTheWork) {
    BlockingPool pool(1);
    run_async([&]() -> awaitable<void> {
        auto work = [] { throw Error(ErrorKind::conflict, "held by another"); };
        std::string message;
        try {
            co_await run_blocking(pool, work);
        } catch (const Error& error) {
            message = error.message();
        }
        EXPECT_EQ(message, "held by another");
    });
}

} // namespace
} // namespace cang::async
