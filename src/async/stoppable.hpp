// A spawned coroutine that can be asked to stop at any moment. Behind TaskGroup and for_each_index; not for others.
//
// Asio's own frame around a spawned coroutine awaits once before and once after it. Cancelled at either moment, that
// await throws where nobody catches: out of io_context::run(). So the request is kept back until the coroutine has
// begun, and the coroutine stops listening before it ends.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <exception>
#include <functional>
#include <memory>

namespace cang::async {

// Used on one single-threaded executor. Must outlive the coroutine: until `ended` has been called.
class Stoppable {
public:
    // `ended` is told what left the task, null when it returned. A task that was stopped before it began is dropped
    // and counts as returned.
    void spawn(const asio::any_io_executor& executor, std::function<awaitable<void>()> task,
               std::function<void(std::exception_ptr)> ended);
    void stop(); // asks; more than once is once

private:
    struct State {
        bool begun = false;
        bool stopped = false;
    };
    static awaitable<void> run(std::shared_ptr<State> state, std::function<awaitable<void>()> task);

    std::shared_ptr<State> state_ = std::make_shared<State>();
    asio::cancellation_signal signal_;
};

} // namespace cang::async
