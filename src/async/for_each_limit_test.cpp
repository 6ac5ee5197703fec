#include "async/for_each_limit.hpp"

#include "async/cancellation.hpp"
#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::async {
namespace {

using testing::run_async;
using namespace std::chrono_literals;

class TeaPot : public std::runtime_error {
public:
    using runtime_error::runtime_error;
};

TEST(ForEachLimit, RunsEveryItemOnceAndNeverMoreThanTheLimitAtATime) {
    std::vector<int> seen(50);
    int running = 0;
    int most = 0;
    run_async([&]() -> awaitable<void> {
        std::function<awaitable<void>(std::size_t)> body = [&](std::size_t i) -> awaitable<void> {
            most = std::max(most, ++running);
            co_await sleep_for(1ms);
            --running;
            ++seen[i];
        };
        co_await for_each_index(seen.size(), 4, body);
    });
    EXPECT_EQ(seen, std::vector<int>(50, 1));
    EXPECT_EQ(most, 4);
}

TEST(ForEachLimit, ReturnsAtOnceForNoItemsAndTakesALimitOfZeroAsOne) {
    int calls = 0;
    run_async([&]() -> awaitable<void> {
        std::function<awaitable<void>(std::size_t)> body = [&](std::size_t) -> awaitable<void> {
            ++calls;
            co_return;
        };
        co_await for_each_index(0, 4, body);
        EXPECT_EQ(calls, 0);
        co_await for_each_index(3, 0, body);
    });
    EXPECT_EQ(calls, 3);
}

TEST(ForEachLimit, PassesItemsOfASpan) {
    std::vector<std::string> items{"a", "b", "c"};
    std::string joined;
    run_async([&]() -> awaitable<void> {
        std::function<awaitable<void>(const std::string&)> body = [&](const std::string& item) -> awaitable<void> {
            joined += item;
            co_return;
        };
        co_await for_each_limit(std::span<const std::string>(items), 1, body);
    });
    EXPECT_EQ(joined, "abc");
}

TEST(ForEachLimit, FirstFailureCancelsTheSiblingsWaitsForThemAndKeepsItsType) {
    int cancelled = 0;
    int started = 0;
    run_async([&]() -> awaitable<void> {
        std::function<awaitable<void>(std::size_t)> body = [&](std::size_t i) -> awaitable<void> {
            ++started;
            if (i == 2) {
                co_await sleep_for(1ms);
                throw TeaPot("short and stout");
            }
            try {
                co_await sleep_for(1h);
            } catch (const Error& error) {
                cancelled += error.kind() == ErrorKind::cancelled;
                throw;
            }
        };
        std::string what;
        try {
            co_await for_each_index(100, 3, body);
        } catch (const TeaPot& error) {
            what = error.what();
        }
        EXPECT_EQ(what, "short and stout");
    });
    EXPECT_EQ(cancelled, 2);
    EXPECT_EQ(started, 3) << "nothing may start after the failure";
}

TEST(ForEachLimit, CancellingTheCallerCancelsEveryBodyAlsoThroughNesting) {
    int cancelled = 0;
    bool caller_cancelled = false;
    run_async([&]() -> awaitable<void> {
        std::function<awaitable<void>(std::size_t)> leaf = [&](std::size_t) -> awaitable<void> {
            try {
                co_await sleep_for(1h);
            } catch (const Error& error) {
                cancelled += error.kind() == ErrorKind::cancelled;
                throw;
            }
        };
        std::function<awaitable<void>(std::size_t)> branch = [&](std::size_t) -> awaitable<void> {
            co_await for_each_index(2, 2, leaf);
        };
        auto executor = co_await asio::this_coro::executor;
        TaskGroup group(executor);
        group.spawn("fan-out", [&]() -> awaitable<void> {
            try {
                co_await for_each_index(3, 3, branch);
            } catch (const Error& error) {
                caller_cancelled = error.kind() == ErrorKind::cancelled;
            }
        });
        co_await sleep_for(2ms);
        group.cancel_all();
        co_await group.join();
    });
    EXPECT_EQ(cancelled, 6);
    EXPECT_TRUE(caller_cancelled);
}

TEST(ForEachLimit, LeaksNothingWhenTheEventLoopIsTornDownMeanwhile) {
    auto witness = std::make_shared<int>(1);
    {
        asio::io_context context(1);
        std::function<awaitable<void>(std::size_t)> body = [witness](std::size_t) -> awaitable<void> {
            co_await sleep_for(1h);
        };
        auto main = [body]() -> awaitable<void> { co_await for_each_index(3, 3, body); };
        asio::co_spawn(context, main, [](std::exception_ptr) {});
        body = {};
        context.poll();
        EXPECT_GT(witness.use_count(), 1);
    }
    EXPECT_EQ(witness.use_count(), 1);
}

TEST(Cancellation, TurnsAsiosAbortIntoAnErrorOfItsKindAndLeavesTheRestAlone) {
    auto aborted = std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted));
    EXPECT_TRUE(is_cancellation(aborted));
    EXPECT_THROW(std::rethrow_exception(as_cancellation(aborted)), Error);
    auto other = std::make_exception_ptr(TeaPot("x"));
    EXPECT_FALSE(is_cancellation(other));
    EXPECT_EQ(as_cancellation(other), other);
    EXPECT_EQ(as_cancellation(nullptr), nullptr);
}

} // namespace
} // namespace cang::async
