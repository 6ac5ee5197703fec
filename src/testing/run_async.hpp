// Runs a coroutine to its end on a fresh event loop and rethrows what it threw; the body of most tests.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>

namespace cang::testing {

// A test that hangs fails after this long instead of stopping the suite.
inline constexpr std::chrono::seconds kHangTimeout{60};

template <typename T>
T run_async(std::function<awaitable<T>()> body, std::chrono::seconds timeout = kHangTimeout) {
    asio::io_context context(1);
    std::exception_ptr failure;
    bool done = false;
    std::conditional_t<std::is_void_v<T>, bool, std::optional<T>> result{};
    if constexpr (std::is_void_v<T>)
        asio::co_spawn(context, body, [&](std::exception_ptr e) { failure = e, done = true; });
    else
        asio::co_spawn(context, body, [&](std::exception_ptr e, T value) {
            failure = e, done = true;
            if (!e)
                result.emplace(std::move(value));
        });
    auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!done && context.run_one_until(deadline) != 0) {
    }
    if (!done)
        throw std::runtime_error("the coroutine did not finish in time");
    if (failure)
        std::rethrow_exception(failure);
    context.poll(); // completions that were already queued
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

inline void run_async(std::function<awaitable<void>()> body, std::chrono::seconds timeout = kHangTimeout) {
    run_async<void>(std::move(body), timeout);
}

} // namespace cang::testing
