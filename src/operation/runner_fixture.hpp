// For tests of this room and of those above: a runner on a control thread of its own over a database in a temporary
// directory.
#pragma once

#include "image/store/migrations.hpp"
#include "operation/runner.hpp"
#include "testing/fake_clock.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>

namespace cang::operation {

// The thread and the loop that work runs on.
class ControlThread {
public:
    ControlThread() : guard_(asio::make_work_guard(loop_)), thread_([this] { loop_.run(); }) {}
    ~ControlThread() { guard_.reset(); }

    asio::any_io_executor executor() { return loop_.get_executor(); }
    // Runs the body on the control loop while this thread waits.
    void run(std::function<awaitable<void>()> body) { asio::co_spawn(loop_, std::move(body), asio::use_future).get(); }

private:
    asio::io_context loop_{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    std::jthread thread_;
};

// One life of the server's runner; its end is a clean shutdown.
class RunnerUnderTest {
public:
    RunnerUnderTest(sql::Database& database, const Clock& clock, std::vector<Task> tasks)
        : runner(database, clock, control_.executor(), std::move(tasks)) {}
    ~RunnerUnderTest() { shutdown(); }

    void shutdown() {
        if (!std::exchange(stopped_, true))
            control_.run([this] { return runner.shutdown(); });
    }
    std::size_t recover() {
        std::size_t count = 0;
        control_.run([&]() -> awaitable<void> { count = co_await runner.recover(); });
        return count;
    }
    ControlThread& control() { return control_; }

private:
    ControlThread control_;
    bool stopped_ = false;

public:
    Runner runner;
};

} // namespace cang::operation
