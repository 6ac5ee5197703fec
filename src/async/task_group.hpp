// Owns background coroutines: the only way to start one. Cancels them all and waits for them all.
#pragma once

#include "async/awaitable.hpp"

#include <functional>
#include <memory>
#include <string>

namespace cang::async {

// Bound to one executor (a single-threaded io_context or a strand); all methods are called on it.
// The group must be joined before it is destroyed; the destructor asserts it.
class TaskGroup {
public:
    explicit TaskGroup(asio::any_io_executor executor);
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    // Starts `task` on the group's executor. An exception that leaves it is logged under `name` and counted;
    // cancellation is silent. After cancel_all() new tasks are refused (the awaitable is dropped).
    void spawn(std::string name, std::function<awaitable<void>()> task);
    void cancel_all();      // asks; tasks unwind through their cancellation points
    awaitable<void> join(); // until no task is left
    std::size_t size() const noexcept;
    std::size_t failures() const noexcept;

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace cang::async
