// What kinds of operations there are: one row each. The runner, the API and the schedules read the rows.
#pragma once

#include "async/retry.hpp"
#include "operation/context.hpp"

#include <chrono>
#include <functional>
#include <span>

namespace cang::operation {

// Who may start one, and cancel and retry it.
enum class Permission { read, write, administer };

struct Type {
    std::string_view name; // "registry.gc"
    std::string_view title;
    Permission permission = Permission::administer;
    std::size_t concurrency = 0; // at once; 0: no limit
    std::chrono::milliseconds timeout{std::chrono::hours(24)};
    async::RetryPolicy retry{.attempts = 1}; // within one operation, of errors that may pass
    std::chrono::hours retention{24 * 30};   // in the history, after the end
    bool resumable = false;                  // may be started again after a restart, with the same input
};

// The product's types.
std::span<const Type> type_table();
// Throws Error{internal} for an unknown one: a mistake of the program.
const Type& get_type(std::string_view name);

// Runs on the control executor and is stopped through Asio's cancellation. Returns the result. What it refers to
// outlives the runner; `context` lives as long as the work.
using Work = std::function<awaitable<boost::json::object>(Context& context)>;

// Runs once the end of an operation is stored, whatever it was, before its resources are free. For what the work left
// behind; a crash may skip it, so something else must find that too. What it throws is logged.
using Ended = std::function<awaitable<void>(const Operation& operation)>;

// A type, and what does it.
struct Task {
    Type type;
    Work work;
    Ended ended = {};
};

} // namespace cang::operation
