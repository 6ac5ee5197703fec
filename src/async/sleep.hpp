// Waiting, as a seam: tests replace the sleeper, code never sleeps by itself.
#pragma once

#include "async/awaitable.hpp"

#include <chrono>

namespace cang::async {

// Suspends for `delay`; throws Error{cancelled} when the coroutine is cancelled meanwhile.
awaitable<void> sleep_for(std::chrono::milliseconds delay);

// Throws Error{cancelled} when the running coroutine has been asked to stop; for long loops without suspension.
awaitable<void> check_cancelled();

} // namespace cang::async
