#include "async/retry.hpp"

#include "async/cancellation.hpp"
#include "async/sleep.hpp"

#include <algorithm>
#include <optional>
#include <random>

namespace cang::async {

namespace {

double random_share() {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

} // namespace

std::chrono::milliseconds retry_delay(const RetryPolicy& policy, int attempt, const Error& error, double jitter) {
    if (error.retry_after())
        return std::clamp(*error.retry_after(), std::chrono::milliseconds(0), policy.longest_delay);
    auto delay = std::min(policy.first_delay, policy.longest_delay);
    for (int i = 1; i < attempt && delay < policy.longest_delay; ++i)
        delay = std::min(delay * 2, policy.longest_delay);
    return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(delay.count()) * jitter));
}

awaitable<void> retry(RetryPolicy policy, std::function<awaitable<void>()> action, RetryObserver observer) {
    for (int attempt = 1;; ++attempt) {
        std::optional<Error> error;
        try {
            co_await action();
            co_return;
        } catch (...) {
            error = current_error();
            if (!error->retryable() || attempt >= policy.attempts)
                std::rethrow_exception(as_cancellation(std::current_exception()));
        }
        auto delay = retry_delay(policy, attempt, *error, random_share());
        if (observer)
            observer(*error, delay);
        co_await sleep_for(delay);
    }
}

} // namespace cang::async
