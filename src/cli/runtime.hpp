// The event loop and the threads under one command.
#pragma once

#include "async/run_blocking.hpp"
#include "base/clock.hpp"

#include <boost/asio/io_context.hpp>
#include <functional>

namespace cang::cli {

struct Runtime {
    asio::io_context& loop;
    async::BlockingPool& pool;
    const Clock& clock;
};

// Runs the body to its end on a loop of its own. SIGINT and SIGTERM cancel it, which ends in Error{cancelled}; a second
// one kills. Rethrows what the body threw. A cancelled body that returns anyway has won the race: its result counts.
int run_to_end(std::function<awaitable<int>(Runtime&)> body);

} // namespace cang::cli
