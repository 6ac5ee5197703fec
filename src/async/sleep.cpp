#include "async/sleep.hpp"

#include "async/cancellation.hpp"

#include <boost/asio/steady_timer.hpp>

namespace cang::async {

awaitable<void> sleep_for(std::chrono::milliseconds delay) {
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, delay);
    std::exception_ptr failure;
    try {
        co_await timer.async_wait(asio::use_awaitable);
    } catch (...) {
        failure = as_cancellation(std::current_exception());
    }
    if (failure)
        std::rethrow_exception(failure);
}

awaitable<void> check_cancelled() {
    auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        throw Error(ErrorKind::cancelled, "cancelled");
}

} // namespace cang::async
