// One event loop with its thread and its connections.
#pragma once

#include "http/connection.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <thread>

namespace cang::http {

class Worker {
public:
    explicit Worker(ServerShared& shared);
    ~Worker(); // all connections must be closed

    asio::io_context& context() noexcept { return context_; }
    std::size_t connections() const noexcept { return connections_.load(std::memory_order_relaxed); }
    void start();
    // From any thread. The connection is counted from this call on.
    void adopt(std::unique_ptr<Transport> transport, Peer peer);
    void drain(); // idle connections end now, others after their response
    void cut();   // all end now, and their handlers are cancelled
    // Blocks until the loop has run out of work; the connections must be gone or going.
    void join();

private:
    using Position = std::list<Connection>::iterator;

    void spawn(Position connection);
    void rest_or_close(Position connection, bool rests);
    void sweep();
    // Calls action(connection) for all of them; the action may end the one it is given.
    template <typename Action>
    void each(Action action);
    void closed();

    ServerShared& shared_;
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    asio::steady_timer timer_;
    std::chrono::milliseconds tick_;
    LoopState loop_;
    std::list<Connection> list_;
    bool stopping_ = false; // on the loop's thread
    std::atomic<std::size_t> connections_ = 0;
    std::thread thread_;
};

} // namespace cang::http
