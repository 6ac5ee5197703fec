#include "image/places/warehouse/digest_guard.hpp"

#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::warehouse {
namespace {

const oci::Digest digest = oci::Digest::of("some blob");
constexpr Timestamp noon{std::chrono::hours(12)};
constexpr Timestamp later = noon + std::chrono::minutes(1);

TEST(DigestGuard, RefusesToRemoveWhatIsPinned) {
    DigestGuard guard;
    {
        auto pin = guard.try_pin(digest);
        EXPECT_FALSE(guard.begin_removal(digest, later));
    }
    EXPECT_TRUE(guard.begin_removal(digest, later));
}

TEST(DigestGuard, RefusesToRemoveWhatWasTouchedSinceTheCutoff) {
    DigestGuard guard;
    EXPECT_TRUE(guard.touch(digest, noon));
    EXPECT_FALSE(guard.begin_removal(digest, noon));
    EXPECT_TRUE(guard.begin_removal(digest, later));
}

TEST(DigestGuard, RefusesPinsAndTouchesDuringARemoval) {
    DigestGuard guard;
    EXPECT_TRUE(guard.begin_removal(digest, noon));
    EXPECT_FALSE(guard.begin_removal(digest, noon));
    EXPECT_FALSE(guard.try_pin(digest).has_value());
    EXPECT_FALSE(guard.touch(digest, later));
    guard.end_removal(digest);
    EXPECT_TRUE(guard.try_pin(digest).has_value());
}

TEST(DigestGuard, LetsAPinWaitForTheEndOfARemoval) {
    DigestGuard guard;
    EXPECT_TRUE(guard.begin_removal(digest, noon));
    cang::testing::run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        asio::post(executor, [&] { guard.end_removal(digest); });
        DigestGuard::Pin pin = co_await guard.pin(digest);
        EXPECT_FALSE(guard.begin_removal(digest, noon));
    });
}

TEST(DigestGuard, ForgetsOnlyTouchesThatDidNotMoveOn) {
    DigestGuard guard;
    guard.touch(digest, noon);
    auto written = guard.touches();
    guard.touch(digest, later);
    guard.forget(written);
    EXPECT_EQ(guard.touch_count(), 1u);
    guard.forget(guard.touches());
    EXPECT_EQ(guard.touch_count(), 0u);
    EXPECT_TRUE(guard.begin_removal(digest, noon));
}

} // namespace
} // namespace cang::warehouse
