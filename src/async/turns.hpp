// One at a time, in the order of asking: who appends to a file that others append to as well.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>

namespace cang::async {

// Belongs to one single-threaded executor and outlives every Turn.
class Turns {
public:
    class Turn {
    public:
        explicit Turn(Turns& turns) : turns_(&turns) {}
        Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
        ~Turn();

    private:
        Turns* turns_;
    };

    // Throws Error{cancelled} when the coroutine is cancelled while it waits.
    awaitable<Turn> take();

private:
    struct Waiter {
        explicit Waiter(const asio::any_io_executor& executor) : timer(executor) {}
        asio::steady_timer timer;
        bool granted = false;
    };
    void pass_on();

    bool taken_ = false;
    std::deque<std::shared_ptr<Waiter>> waiters_;
};

} // namespace cang::async
