// The events of one operation from a sequence on, or the state and progress of all operations from now on. Used on one
// event loop, that of whoever awaits next().
#pragma once

#include "operation/event_hub.hpp"
#include "operation/history.hpp"

namespace cang::operation {

class Subscription {
public:
    // With an operation: stored events after `after` first, without gap or repetition, also when the subscriber is
    // slow.
    Subscription(History& history, std::shared_ptr<Mailbox> mailbox, std::optional<std::string> operation,
                 std::uint64_t after);
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

    // Waits for it; null once the runner has stopped or close() was called. A subscriber of all operations that falls
    // behind gets Error{unavailable} and goes on from then. Throws Error{cancelled} when the coroutine is cancelled.
    awaitable<EventPtr> next();
    void close() { mailbox_->close(); } // from any thread

private:
    awaitable<void> replay();
    awaitable<void> wait();
    void deliver(EventPtr event);

    History& history_;
    std::shared_ptr<Mailbox> mailbox_;
    std::optional<std::string> operation_;
    std::uint64_t delivered_; // of the operation: everything up to here is in ready_ or was handed out
    bool replaying_;
    std::deque<EventPtr> ready_;
};

} // namespace cang::operation
