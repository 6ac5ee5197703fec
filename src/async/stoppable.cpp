#include "async/stoppable.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace cang::async {

// Holds the function, and with it what a coroutine lambda captured, until its coroutine has ended.
awaitable<void> Stoppable::run(std::shared_ptr<State> state, std::function<awaitable<void>()> task) {
    state->begun = true;
    if (state->stopped)
        co_return;
    std::exception_ptr failure;
    try {
        co_await task();
    } catch (...) {
        failure = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    if (failure)
        std::rethrow_exception(failure);
}

void Stoppable::spawn(const asio::any_io_executor& executor, std::function<awaitable<void>()> task,
                      std::function<void(std::exception_ptr)> ended) {
    asio::co_spawn(executor, run(state_, std::move(task)),
                   asio::bind_cancellation_slot(signal_.slot(), std::move(ended)));
}

void Stoppable::stop() {
    if (std::exchange(state_->stopped, true) || !state_->begun)
        return;
    signal_.emit(asio::cancellation_type::terminal);
}

} // namespace cang::async
