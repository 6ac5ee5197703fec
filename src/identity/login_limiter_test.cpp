#include "identity/login_limiter.hpp"

#include "testing/fake_clock.hpp"

#include <gtest/gtest.h>

namespace cang::identity {
namespace {

TEST(LoginLimiterTest, BlocksAnAddressForTheRestOfItsMinute) {
    testing::FakeClock clock;
    LoginLimiter limiter(clock);
    for (int i = 0; i < LoginLimiter::max_failures; ++i) {
        EXPECT_FALSE(limiter.blocked("10.0.0.1"));
        limiter.add_failure("10.0.0.1");
    }
    clock.advance(std::chrono::seconds(20));
    EXPECT_EQ(limiter.blocked("10.0.0.1"), std::chrono::seconds(40));
    EXPECT_FALSE(limiter.blocked("10.0.0.2"));
    clock.advance(std::chrono::seconds(40));
    EXPECT_FALSE(limiter.blocked("10.0.0.1"));
}

TEST(LoginLimiterTest, RemembersABoundedNumberOfAddresses) {
    testing::FakeClock clock;
    LoginLimiter limiter(clock);
    for (int i = 0; i < LoginLimiter::max_failures; ++i)
        limiter.add_failure("the first");
    clock.advance(std::chrono::milliseconds(1));
    for (std::size_t i = 0; i < LoginLimiter::max_addresses; ++i)
        limiter.add_failure(std::to_string(i));
    EXPECT_FALSE(limiter.blocked("the first"));
}

TEST(LoginLimiterTest, CountsToWhatItWasToldTo) {
    testing::FakeClock clock;
    LoginLimiter limiter(clock, 2);
    limiter.add_failure("alice");
    EXPECT_FALSE(limiter.blocked("alice"));
    limiter.add_failure("alice");
    EXPECT_TRUE(limiter.blocked("alice"));
}

} // namespace
} // namespace cang::identity
