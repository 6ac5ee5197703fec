#include "cli/runtime.hpp"

#include "base/error.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace cang::cli {

namespace {

// Hashing and disk on both cores of a small machine, while the loop moves bytes.
constexpr std::size_t kThreads = 4;

} // namespace

int run_to_end(std::function<awaitable<int>(Runtime&)> body) {
    asio::io_context loop(1);
    async::BlockingPool pool(kThreads);
    SystemClock clock;
    Runtime runtime{loop, pool, clock};

    asio::cancellation_signal stop;
    bool asked_to_stop = false;
    bool done = false;
    int result = 0;
    std::exception_ptr failure;

    asio::signal_set signals(loop, SIGINT, SIGTERM);
    signals.async_wait([&](boost::system::error_code error, int) {
        if (error)
            return;
        asked_to_stop = true;
        // The default action is back for whoever does not want to wait for the unwinding.
        signals.clear();
        stop.emit(asio::cancellation_type::all);
    });

    asio::co_spawn(
        loop, [&] { return body(runtime); },
        asio::bind_cancellation_slot(
            stop.slot(), [&](std::exception_ptr thrown, int code) { failure = thrown, result = code, done = true; }));
    while (!done && loop.run_one() != 0) {
    }
    pool.join();
    if (failure && asked_to_stop)
        throw Error(ErrorKind::cancelled, "cancelled");
    if (failure)
        std::rethrow_exception(failure);
    return result;
}

} // namespace cang::cli
