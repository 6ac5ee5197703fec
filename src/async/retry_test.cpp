#include "async/retry.hpp"

#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::async {
namespace {

using testing::run_async;
using namespace std::chrono_literals;

const RetryPolicy kFast{.attempts = 4, .first_delay = 1ms, .longest_delay = 2ms};

// Fails with `error` for the first `failures` calls; the number of calls made.
int calls_until_end(RetryPolicy policy, int failures, Error error, std::string* message = nullptr) {
    int calls = 0;
    run_async([&]() -> awaitable<void> {
        std::function<awaitable<void>()> action = [&]() -> awaitable<void> {
            if (++calls <= failures)
                throw error;
            co_return;
        };
        try {
            co_await retry(policy, action);
        } catch (const Error& last) {
            if (message)
                *message = last.message();
        }
    });
    return calls;
}

TEST(RetryDelay, DoublesUpToTheLongestAndShrinksByTheJitter) {
    RetryPolicy policy{.attempts = 9, .first_delay = 100ms, .longest_delay = 1000ms};
    Error error(ErrorKind::unavailable, "down");
    EXPECT_EQ(retry_delay(policy, 1, error, 1.0), 100ms);
    EXPECT_EQ(retry_delay(policy, 3, error, 1.0), 400ms);
    EXPECT_EQ(retry_delay(policy, 4, error, 0.5), 400ms);
    EXPECT_EQ(retry_delay(policy, 1'000'000, error, 1.0), 1000ms);
}

TEST(RetryDelay, FollowsRetryAfterUpToTheLongest) {
    RetryPolicy policy{.attempts = 9, .first_delay = 100ms, .longest_delay = 1000ms};
    Error error(ErrorKind::rate_limited, "slow down");
    error.with_retry_after(700ms);
    EXPECT_EQ(retry_delay(policy, 1, error, 0.0), 700ms);
    error.with_retry_after(1h);
    EXPECT_EQ(retry_delay(policy, 1, error, 1.0), 1000ms);
    error.with_retry_after(-5s);
    EXPECT_EQ(retry_delay(policy, 1, error, 1.0), 0ms);
}

TEST(Retry, TriesAgainUntilTheActionReturns) {
    EXPECT_EQ(calls_until_end(kFast, 2, Error(ErrorKind::unavailable, "down")), 3);
}

TEST(Retry, GivesUpAfterTheLastAttemptWithItsError) {
    std::string message;
    EXPECT_EQ(calls_until_end(kFast, 99, Error(ErrorKind::deadline_exceeded, "too slow"), &message), 4);
    EXPECT_EQ(message, "too slow");
}

TEST(Retry, TriesOnceWhenTheKindCannotGetBetter) {
    for (auto kind : {ErrorKind::not_found, ErrorKind::cancelled, ErrorKind::corrupt, ErrorKind::permission_denied})
        EXPECT_EQ(calls_until_end(kFast, 99, Error(kind, "no")), 1);
}

TEST(Retry, TellsTheObserverWhatFailedBeforeEachWait) {
    std::vector<std::string> told;
    run_async([&]() -> awaitable<void> {
        int calls = 0;
        std::function<awaitable<void>()> action = [&]() -> awaitable<void> {
            if (++calls < 3) {
                Error error(ErrorKind::rate_limited, "attempt " + std::to_string(calls));
                error.with_retry_after(1ms);
                throw error;
            }
            co_return;
        };
        RetryObserver observer = [&](const Error& error, std::chrono::milliseconds delay) {
            told.push_back(error.message() + ", " + std::to_string(delay.count()) + " ms");
        };
        co_await retry(kFast, action, observer);
    });
    EXPECT_EQ(told, (std::vector<std::string>{"attempt 1, 1 ms", "attempt 2, 1 ms"}));
}

TEST(Retry, StopsWaitingWhenCancelled) {
    ErrorKind kind = ErrorKind::internal;
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        TaskGroup group(executor);
        group.spawn("retries", [&]() -> awaitable<void> {
            std::function<awaitable<void>()> action = []() -> awaitable<void> {
                Error error(ErrorKind::unavailable, "down");
                error.with_retry_after(1h);
                throw error;
                co_return;
            };
            RetryPolicy patient{.attempts = 5, .first_delay = 1h, .longest_delay = 1h};
            try {
                co_await retry(patient, action);
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

} // namespace
} // namespace cang::async
