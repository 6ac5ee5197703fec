// Blocking calls (disk, SQLite, hashing a large buffer) off the event loop.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <optional>
#include <type_traits>
#include <variant>

namespace cang::async {

// Threads for blocking work. One per process, a member of whoever owns the lifetimes; passed by reference.
using BlockingPool = asio::thread_pool;

namespace detail {

// What `work` gave, or why it failed.
template <typename Result>
struct Outcome {
    std::exception_ptr failure;
    std::conditional_t<std::is_void_v<Result>, std::monostate, std::optional<Result>> value{};
};

// Takes `work` by value: it is gone, with all that it captured, before anybody is told of the outcome.
template <typename Result, typename Work>
Outcome<Result> run_to_outcome(Work work) {
    Outcome<Result> outcome;
    try {
        if constexpr (std::is_void_v<Result>)
            work();
        else
            outcome.value.emplace(work());
    } catch (...) {
        outcome.failure = std::current_exception();
    }
    return outcome;
}

} // namespace detail

// Runs `work` on the pool and resumes the caller on its own executor with the result or the exception. `work` is not
// interrupted by cancellation: the caller waits for it.
template <typename Work>
awaitable<std::invoke_result_t<Work&>> run_blocking(BlockingPool& pool, Work work) {
    using Result = std::invoke_result_t<Work&>;
    auto initiate = [&pool](auto handler, Work job) {
        auto home = asio::get_associated_executor(handler);
        // Keeps the caller's event loop alive while the work runs elsewhere. It travels back with the outcome: once
        // that is posted, the loop may end and be destroyed, so the pool's thread must not hold on to it.
        auto guard = asio::prefer(home, asio::execution::outstanding_work.tracked);
        asio::post(pool,
                   [home, handler = std::move(handler), guard = std::move(guard), job = std::move(job)]() mutable {
                       auto outcome = detail::run_to_outcome<Result>(std::move(job));
                       asio::post(home, [handler = std::move(handler), guard = std::move(guard),
                                         outcome = std::move(outcome)]() mutable {
                           if constexpr (std::is_void_v<Result>)
                               std::move(handler)(std::move(outcome.failure));
                           else
                               std::move(handler)(std::move(outcome.failure), std::move(outcome.value));
                       });
                   });
    };
    if constexpr (std::is_void_v<Result>) {
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
            initiate, asio::use_awaitable, std::move(work));
    } else {
        auto result = co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                                    void(std::exception_ptr, std::optional<Result>)>(
            initiate, asio::use_awaitable, std::move(work));
        co_return std::move(*result);
    }
}

} // namespace cang::async
