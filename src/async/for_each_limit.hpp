// Concurrent fan-out with a bound: the only way to run several awaitables at once within a request.
#pragma once

#include "async/awaitable.hpp"

#include <functional>
#include <span>

namespace cang::async {

// Runs body(0) … body(count-1), at most `limit` at a time, on the caller's executor. The first failure cancels the
// others; all are awaited; then that first exception is rethrown as it was. Cancelling the caller cancels every body.
// The caller's executor must be single-threaded or a strand.
awaitable<void> for_each_index(std::size_t count, std::size_t limit, std::function<awaitable<void>(std::size_t)> body);

template <typename T>
awaitable<void> for_each_limit(std::span<const T> items, std::size_t limit,
                               std::function<awaitable<void>(const T&)> body) {
    std::function<awaitable<void>(std::size_t)> by_index = [items, &body](std::size_t i) { return body(items[i]); };
    co_await for_each_index(items.size(), limit, std::move(by_index));
}

} // namespace cang::async
