// Blocking calls (disk, SQLite, hashing a large buffer) off the event loop.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <optional>
#include <type_traits>

namespace cang::async {

// Threads for blocking work. One per process, a member of whoever owns the lifetimes; passed by reference.
using BlockingPool = asio::thread_pool;

// Runs `work` on the pool and resumes the caller on its own executor with the result or the exception. `work` is not
// interrupted by cancellation: the caller waits for it.
template <typename Work>
awaitable<std::invoke_result_t<Work&>> run_blocking(BlockingPool& pool, Work work) {
    using Result = std::invoke_result_t<Work&>;
    auto initiate = [&pool](auto handler, Work job) {
        auto home = asio::get_associated_executor(handler);
        // Keeps the caller's event loop alive while the work runs elsewhere.
        auto guard = asio::prefer(home, asio::execution::outstanding_work.tracked);
        asio::post(pool, [handler = std::move(handler), guard = std::move(guard), job = std::move(job)]() mutable {
            std::exception_ptr failure;
            if constexpr (std::is_void_v<Result>) {
                try {
                    job();
                } catch (...) {
                    failure = std::current_exception();
                }
                asio::post(guard, [handler = std::move(handler), failure = std::move(failure)]() mutable {
                    std::move(handler)(std::move(failure));
                });
            } else {
                std::optional<Result> result;
                try {
                    result.emplace(job());
                } catch (...) {
                    failure = std::current_exception();
                }
                asio::post(guard, [handler = std::move(handler), failure = std::move(failure),
                                   result = std::move(result)]() mutable {
                    std::move(handler)(std::move(failure), std::move(result));
                });
            }
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
