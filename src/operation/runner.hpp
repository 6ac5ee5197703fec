// Owns all slow work: stores it before it starts, runs it on one control executor within the limits of its type, and
// tells its course to whoever subscribed. History reads what it stored.
//
// A single-threaded control executor runs the work; every method but recover() and shutdown() may be called from any
// thread and loop that the runner outlives.
#pragma once

#include "operation/subscription.hpp"

namespace cang::operation {

struct Started {
    std::string id;
    bool created = true; // false: the idempotency key gave an earlier one
};

class Runner {
public:
    Runner(sql::Database& database, const Clock& clock, asio::any_io_executor control, std::vector<Task> tasks);
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    // The operation is stored when this returns. Throws Error{invalid_argument} for an unknown type, Error{unavailable}
    // once shutdown began, Error{rate_limited} when too many wait, Error{conflict} when the idempotency key gave an
    // operation that is not the same.
    awaitable<Started> start(Spec spec);
    // A new operation with the input of one that ended without success, and its name in retry_of. Throws
    // Error{not_found}, Error{conflict}.
    awaitable<Started> retry(std::string id, std::string requested_by, Actor actor = {});
    // Asks it to stop; wait() tells when it has. Nothing happens to one that has ended. Throws Error{not_found}.
    awaitable<void> cancel(std::string id);
    // Until it has ended. Throws Error{not_found}; Error{unavailable} when the runner stops first.
    awaitable<Operation> wait(std::string id);
    // See Subscription. Without an operation: state and progress of all, from now on.
    std::unique_ptr<Subscription> subscribe(std::optional<std::string> id, std::uint64_t after_sequence = 0);

    // Before anything starts, on the control executor: what an earlier process left goes on when its type can and ends
    // as interrupted when not. Returns how many there were.
    awaitable<std::size_t> recover();
    // On the control executor: takes no new work, interrupts what runs, waits for it, ends all subscriptions. What
    // waits stays stored for the next start.
    awaitable<void> shutdown();

    History& history();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace cang::operation
