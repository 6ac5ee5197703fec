// Retry with exponential back-off and full jitter; honours what the peer asked for (Retry-After).
#pragma once

#include "async/awaitable.hpp"
#include "base/error.hpp"

#include <chrono>
#include <functional>

namespace cang::async {

struct RetryPolicy {
    int attempts = 5; // in all; 1 means no retry
    std::chrono::milliseconds first_delay{250};
    std::chrono::milliseconds longest_delay{30'000}; // also caps Retry-After
};

// Told before each wait: what failed, and how long until the next attempt.
using RetryObserver = std::function<void(const Error&, std::chrono::milliseconds)>;

// Delay before attempt `attempt` + 1 (attempt counts from 1), without jitter applied when `jitter` is 1.0.
std::chrono::milliseconds retry_delay(const RetryPolicy& policy, int attempt, const Error& error, double jitter);

// Runs `action` until it returns, throws an error that is not retryable, or the attempts are used up; then what it
// threw last is rethrown as it was.
awaitable<void> retry(RetryPolicy policy, std::function<awaitable<void>()> action, RetryObserver observer = {});

} // namespace cang::async
