// Waiting, as a seam: tests replace the sleeper, code never sleeps by itself.
#pragma once

#include "async/awaitable.hpp"

#include <chrono>

namespace cang::async {

// Suspends for `delay`; throws Error{cancelled} when the coroutine is cancelled meanwhile. (In a coroutine that was
// cancelled before, Asio's own operation_aborted leaves the co_await; current_error() makes both the same.)
awaitable<void> sleep_for(std::chrono::milliseconds delay);

// Throws Error{cancelled} when the running coroutine has been asked to stop; for long loops without suspension.
awaitable<void> check_cancelled();

} // namespace cang::async
