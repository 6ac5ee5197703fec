#include "async/for_each_limit.hpp"

#include "async/cancellation.hpp"
#include "async/stoppable.hpp"

#include <algorithm>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <memory>

namespace cang::async {

namespace {

// Shared by the workers only. The waiting caller is resumed through `wake`, which owns the caller's frame: when the
// event loop is torn down with workers pending, the last of them takes state, wake and caller with it.
struct FanOut {
    std::size_t count = 0;
    std::size_t next = 0;
    std::size_t running = 0;
    bool stopped = false;
    std::exception_ptr first_failure;
    std::function<awaitable<void>(std::size_t)> body;
    std::deque<Stoppable> workers; // a deque because they cannot move
    std::function<void(std::exception_ptr)> wake;

    void stop() {
        if (std::exchange(stopped, true))
            return;
        for (auto& worker : workers)
            worker.stop();
    }

    void worker_ended(std::exception_ptr failure) {
        --running;
        if (failure && !first_failure)
            first_failure = as_cancellation(std::move(failure));
        if (first_failure)
            stop();
        if (running == 0)
            std::exchange(wake, nullptr)(std::move(first_failure));
    }
};

awaitable<void> work(std::shared_ptr<FanOut> fan_out) {
    while (!fan_out->stopped && fan_out->next < fan_out->count) {
        std::size_t index = fan_out->next++;
        co_await fan_out->body(index);
    }
}

void start_workers(const asio::any_io_executor& executor, const std::shared_ptr<FanOut>& fan_out, std::size_t workers) {
    fan_out->running = workers;
    for (std::size_t i = 0; i < workers; ++i) {
        auto ended = [fan_out](std::exception_ptr failure) { fan_out->worker_ended(std::move(failure)); };
        fan_out->workers.emplace_back().spawn(executor, [fan_out] { return work(fan_out); }, std::move(ended));
    }
}

} // namespace

awaitable<void> for_each_index(std::size_t count, std::size_t limit, std::function<awaitable<void>(std::size_t)> body) {
    if (count == 0)
        co_return;
    auto executor = co_await asio::this_coro::executor;
    auto workers = std::clamp<std::size_t>(limit, 1, count);
    auto initiate = [&](auto handler) {
        auto fan_out = std::make_shared<FanOut>();
        fan_out->count = count;
        fan_out->body = std::move(body);
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
            std::weak_ptr<FanOut> observed = fan_out;
            slot.assign([observed](asio::cancellation_type) {
                auto alive = observed.lock();
                if (!alive)
                    return;
                if (!alive->first_failure)
                    alive->first_failure = std::make_exception_ptr(Error(ErrorKind::cancelled, "cancelled"));
                alive->stop();
            });
        }
        auto caller = std::make_shared<decltype(handler)>(std::move(handler));
        fan_out->wake = [executor, caller](std::exception_ptr failure) {
            asio::post(executor, [caller, failure = std::move(failure)]() mutable { std::move (*caller)(failure); });
        };
        start_workers(executor, fan_out, workers);
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(initiate,
                                                                                           asio::use_awaitable);
}

} // namespace cang::async
