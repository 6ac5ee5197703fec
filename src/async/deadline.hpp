// An end to waiting.
#pragma once

#include "async/awaitable.hpp"

#include <chrono>
#include <functional>

namespace cang::async {

// Runs `task` to its end, on this executor. After `limit` it is cancelled, and Error{deadline_exceeded} is thrown when
// it has ended; so the task must heed cancellation.
awaitable<void> with_deadline(std::chrono::milliseconds limit, std::function<awaitable<void>()> task);

} // namespace cang::async
