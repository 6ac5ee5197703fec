// The listening socket: accepts and hands over.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <string>

namespace cang::http {

class Acceptor {
public:
    // Owns the descriptor it is given; non-blocking, close-on-exec.
    using Accepted = std::function<void(int descriptor, const asio::ip::tcp& protocol, std::string remote_address)>;

    // Binds and listens. Throws Error{unavailable} "cannot listen on …"; Error{invalid_argument} when `address` is
    // not a numeric address or "localhost".
    Acceptor(asio::io_context& context, const std::string& address, std::uint16_t port);

    std::uint16_t port() const noexcept { return port_; }
    // Until close(). While `full` says so, new connections wait in the kernel's queue.
    awaitable<void> run(Accepted accepted, std::function<bool()> full);
    void close(); // on the loop's thread

private:
    awaitable<void> pause(std::chrono::milliseconds delay);

    asio::ip::tcp::acceptor socket_;
    asio::ip::tcp protocol_;
    std::uint16_t port_ = 0;
};

} // namespace cang::http
