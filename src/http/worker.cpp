#include "http/worker.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <csignal>

namespace cang::http {

namespace {

// Deadlines are looked at this often: a quarter of the shortest one, within reason.
std::chrono::milliseconds sweep_interval(const ServerOptions& options) {
    auto shortest =
        std::min({options.header_timeout, options.idle_timeout, options.body_stall_timeout, options.body_timeout});
    return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
}

// A write to a closed socket is an error to handle, not a signal; sendfile has no flag to say so.
void block_sigpipe() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

} // namespace

Worker::Worker(ServerShared& shared)
    : shared_(shared), guard_(context_.get_executor()), timer_(context_), tick_(sweep_interval(shared.options)) {}

Worker::~Worker() = default;

template <typename Action>
void Worker::each(Action action) {
    for (auto next = list_.begin(); next != list_.end();) {
        auto current = next++;
        action(*current);
    }
}

void Worker::start() {
    sweep();
    thread_ = std::thread([this] {
        block_sigpipe();
        context_.run();
    });
}

void Worker::sweep() {
    timer_.expires_after(tick_);
    timer_.async_wait([this](boost::system::error_code error) {
        if (error || stopping_) // a timer that has fired already cannot be cancelled
            return;
        each([now = coarse_now()](Connection& connection) { connection.expire(now); });
        sweep();
    });
}

void Worker::adopt(std::unique_ptr<Transport> transport, Peer peer) {
    ++shared_.connections;
    ++connections_;
    asio::post(context_, [this, transport = std::move(transport), peer = std::move(peer)]() mutable {
        if (loop_.draining()) {
            transport.reset();
            closed();
        } else {
            list_.emplace_front(shared_, loop_, std::move(transport), std::move(peer));
            spawn(list_.begin());
        }
    });
}

void Worker::spawn(Position connection) {
    auto done = [this, connection](std::exception_ptr failure, bool rests) {
        // What ends a connection early is its client's doing or a cut; requests have reported theirs.
        try {
            if (failure)
                std::rethrow_exception(failure);
        } catch (...) {
            auto error = current_error();
            log::debug("http.connection_ended", {{"reason", error.message()}});
        }
        // Not here: the coroutine that calls this still holds the connection's cancellation slot.
        asio::post(context_, [this, connection, rests] { rest_or_close(connection, rests); });
    };
    asio::co_spawn(context_, connection->run(), asio::bind_cancellation_slot(connection->cancellation(), done));
}

void Worker::rest_or_close(Position connection, bool rests) {
    if (rests)
        return connection->when_roused([this, connection] { spawn(connection); });
    list_.erase(connection);
    closed();
}

void Worker::closed() {
    --connections_;
    if (--shared_.connections == 0) {
        std::lock_guard lock(shared_.mutex);
        shared_.all_closed.notify_all();
    }
}

void Worker::drain() {
    asio::post(context_, [this] {
        loop_.drain();
        each([](Connection& connection) { connection.drain(); });
    });
}

void Worker::cut() {
    asio::post(context_, [this] {
        loop_.drain();
        each([](Connection& connection) { connection.cut(); });
    });
}

void Worker::join() {
    asio::post(context_, [this] {
        stopping_ = true;
        timer_.cancel();
        guard_.reset();
    });
    if (thread_.joinable())
        thread_.join();
}

} // namespace cang::http
