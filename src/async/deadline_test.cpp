#include "async/deadline.hpp"

#include "async/sleep.hpp"
#include "base/error.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::async {
namespace {

using namespace std::chrono_literals;
using testing::run_async;

std::string failure_of(std::chrono::milliseconds limit, std::function<awaitable<void>()> task) {
    try {
        run_async([&]() -> awaitable<void> { co_await with_deadline(limit, task); });
    } catch (const Error& error) {
        return error.message();
    }
    return "";
}

TEST(WithDeadline, ReturnsWhenTheTaskDoes) {
    auto started = std::chrono::steady_clock::now();
    bool ran = false;
    EXPECT_EQ(failure_of(1h,
                         [&ran]() -> awaitable<void> {
                             ran = true;
                             co_return;
                         }),
              "");
    EXPECT_EQ(failure_of(1h, []() -> awaitable<void> { co_await sleep_for(1ms); }), "");
    EXPECT_TRUE(ran);
    EXPECT_LT(std::chrono::steady_clock::now() - started, 30s);
}

TEST(WithDeadline, ThrowsWhatTheTaskThrows) {
    EXPECT_EQ(failure_of(1h,
                         []() -> awaitable<void> {
                             co_await sleep_for(1ms);
                             throw Error(ErrorKind::not_found, "nothing there");
                         }),
              "nothing there");
}

TEST(WithDeadline, CancelsWhatTakesLonger) {
    bool cancelled = false;
    EXPECT_EQ(failure_of(5ms,
                         [&cancelled]() -> awaitable<void> {
                             try {
                                 co_await sleep_for(1h);
                             } catch (const Error& error) {
                                 cancelled = error.kind() == ErrorKind::cancelled;
                                 throw;
                             }
                         }),
              "no end within 5 ms");
    EXPECT_TRUE(cancelled);
}

TEST(WithDeadline, IsCancelledWithItsCaller) {
    auto inner = []() -> awaitable<void> { co_await sleep_for(1h); };
    auto outer = [inner]() -> awaitable<void> { co_await with_deadline(1h, inner); };
    EXPECT_EQ(failure_of(5ms, outer), "no end within 5 ms");
}

} // namespace
} // namespace cang::async
