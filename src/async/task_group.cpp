#include "async/task_group.hpp"

#include "async/cancellation.hpp"
#include "async/stoppable.hpp"
#include "base/log.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cassert>
#include <list>

namespace cang::async {

struct TaskGroup::State {
    explicit State(asio::any_io_executor home)
        : executor(std::move(home)), empty(executor, asio::steady_timer::time_point::max()) {}

    asio::any_io_executor executor;
    asio::steady_timer empty; // cancelled whenever the last task ends, which wakes those who join
    std::list<Stoppable> tasks;
    std::size_t failures = 0;
    bool cancelled = false;

    void task_ended(const std::string& name, std::list<Stoppable>::iterator task, std::exception_ptr failure) {
        tasks.erase(task);
        if (failure && !is_cancellation(failure)) {
            ++failures;
            report(name, failure);
        }
        if (tasks.empty())
            empty.cancel();
    }

    static void report(const std::string& name, const std::exception_ptr& failure) {
        try {
            std::rethrow_exception(failure);
        } catch (...) {
            log::error("task_failed", {{"task", name}, {"error", current_error().message()}});
        }
    }
};

TaskGroup::TaskGroup(asio::any_io_executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() { assert(state_->tasks.empty() && "a TaskGroup must be joined before it is destroyed"); }

void TaskGroup::spawn(std::string name, std::function<awaitable<void>()> task) {
    if (state_->cancelled)
        return;
    auto entry = state_->tasks.emplace(state_->tasks.end());
    auto ended = [state = state_, name = std::move(name), entry](std::exception_ptr failure) {
        state->task_ended(name, entry, std::move(failure));
    };
    entry->spawn(state_->executor, std::move(task), std::move(ended));
}

void TaskGroup::cancel_all() {
    state_->cancelled = true;
    for (auto task = state_->tasks.begin(); task != state_->tasks.end();) {
        auto current = task++; // a task that ends at once leaves the list
        current->stop();
    }
}

awaitable<void> TaskGroup::join() {
    auto state = state_;
    while (!state->tasks.empty()) {
        boost::system::error_code woken;
        co_await state->empty.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        auto caller = co_await asio::this_coro::cancellation_state;
        if (caller.cancelled() != asio::cancellation_type::none)
            throw Error(ErrorKind::cancelled, "cancelled");
    }
}

std::size_t TaskGroup::size() const noexcept { return state_->tasks.size(); }

std::size_t TaskGroup::failures() const noexcept { return state_->failures; }

} // namespace cang::async
