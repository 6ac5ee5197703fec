#include "async/deadline.hpp"

#include "async/for_each_limit.hpp"
#include "base/error.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

namespace cang::async {

// The task and the alarm run side by side; what fails first ends the other.
awaitable<void> with_deadline(std::chrono::milliseconds limit, std::function<awaitable<void>()> task) {
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer alarm(executor, limit);
    bool done = false;
    auto run = [&](std::size_t index) -> awaitable<void> {
        if (index == 0) {
            co_await task();
            done = true;
            alarm.cancel();
        } else if (!done) {
            auto token = asio::as_tuple(asio::use_awaitable);
            co_await alarm.async_wait(token);
            if (!done)
                throw Error(ErrorKind::deadline_exceeded, fmt::format("no end within {} ms", limit.count()));
        }
    };
    co_await for_each_index(2, 2, run);
}

} // namespace cang::async
