#include "http/acceptor.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

#include <arpa/inet.h>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace cang::http {

namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsPerTurn = 64;
constexpr std::chrono::milliseconds kFullPause{10};
constexpr std::chrono::milliseconds kFailurePause{200};

asio::ip::tcp::endpoint endpoint_of(const std::string& address, std::uint16_t port) {
    boost::system::error_code error;
    auto parsed = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
    if (error)
        throw Error(ErrorKind::invalid_argument, fmt::format("cannot listen on {}: not an IP address", address));
    return {parsed, port};
}

std::string to_text(const sockaddr_storage& address) {
    char text[INET6_ADDRSTRLEN] = "";
    if (address.ss_family == AF_INET)
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
    else
        ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text, sizeof text);
    constexpr std::string_view kMapped = "::ffff:";
    return std::string_view(text).starts_with(kMapped) ? text + kMapped.size() : text;
}

} // namespace

Acceptor::Acceptor(asio::io_context& context, const std::string& address, std::uint16_t port)
    : socket_(context), protocol_(asio::ip::tcp::v4()) {
    auto endpoint = endpoint_of(address, port);
    protocol_ = endpoint.protocol();
    try {
        socket_.open(protocol_);
        socket_.set_option(asio::ip::tcp::acceptor::reuse_address(true));
        socket_.set_option(asio::ip::tcp::no_delay(true)); // accepted sockets inherit it
        socket_.bind(endpoint);
        socket_.listen(kBacklog);
        socket_.non_blocking(true);
    } catch (const boost::system::system_error& error) {
        throw Error(ErrorKind::unavailable,
                    fmt::format("cannot listen on {}:{}: {}", address, port, std::strerror(error.code().value())));
    }
    port_ = socket_.local_endpoint().port();
}

awaitable<void> Acceptor::run(Accepted accepted, std::function<bool()> full) {
    int turn = 0;
    while (socket_.is_open()) {
        if (full()) {
            co_await pause(kFullPause);
            continue;
        }
        sockaddr_storage remote{};
        socklen_t size = sizeof remote;
        int descriptor = ::accept4(socket_.native_handle(), reinterpret_cast<sockaddr*>(&remote), &size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            accepted(descriptor, protocol_, to_text(remote));
            if (++turn % kAcceptsPerTurn == 0)
                co_await asio::post(socket_.get_executor(), asio::use_awaitable);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            boost::system::error_code ignored; // closing ends the loop
            co_await socket_.async_wait(asio::ip::tcp::acceptor::wait_read,
                                        asio::redirect_error(asio::use_awaitable, ignored));
        } else if (errno != ECONNABORTED && errno != EINTR) {
            // No descriptors or no memory: connections wait in the kernel's queue meanwhile.
            log::warn("http.accept_failed", {{"reason", std::strerror(errno)}});
            co_await pause(kFailurePause);
        }
    }
}

awaitable<void> Acceptor::pause(std::chrono::milliseconds delay) {
    asio::steady_timer timer(socket_.get_executor(), delay);
    co_await timer.async_wait(asio::use_awaitable);
}

void Acceptor::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

} // namespace cang::http
