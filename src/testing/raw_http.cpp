#include "testing/raw_http.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace cang::testing {

namespace {

constexpr int kPatienceMillis = 5'000;

bool same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

} // namespace

std::string RawResponse::header(std::string_view name) const {
    std::string_view rest = head;
    while (!rest.empty()) {
        auto line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(line.size() + 2, rest.size()));
        auto colon = line.find(": ");
        if (colon != std::string_view::npos && same(line.substr(0, colon), name))
            return std::string(line.substr(colon + 2));
    }
    return {};
}

RawHttp::RawHttp(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::close(descriptor_);
        throw std::runtime_error("cannot connect to the server under test");
    }
}

RawHttp::~RawHttp() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

RawHttp::RawHttp(RawHttp&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), buffer_(std::move(other.buffer_)) {}

bool RawHttp::send(std::string_view bytes) {
    while (!bytes.empty()) {
        auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

bool RawHttp::fill() {
    pollfd waiting{descriptor_, POLLIN, 0};
    if (::poll(&waiting, 1, kPatienceMillis) <= 0)
        return false;
    char piece[65536];
    auto count = ::recv(descriptor_, piece, sizeof piece, 0);
    if (count <= 0)
        return false;
    buffer_.append(piece, static_cast<std::size_t>(count));
    return true;
}

RawResponse RawHttp::receive(bool head_request) {
    RawResponse response;
    while (buffer_.find("\r\n\r\n") == std::string::npos)
        if (!fill())
            return response;
    auto end = buffer_.find("\r\n\r\n") + 4;
    response.head = buffer_.substr(0, end);
    buffer_.erase(0, end);
    response.status = std::stoi(response.head.substr(9, 3));
    auto take = [&](std::size_t size) {
        while (buffer_.size() < size)
            if (!fill())
                return false;
        response.body.append(buffer_, 0, size);
        buffer_.erase(0, size);
        return true;
    };
    response.complete = true;
    if (head_request || response.status < 200 || response.status == 204 || response.status == 304)
        return response;
    if (response.header("Transfer-Encoding") == "chunked") {
        for (std::size_t size = 1; size > 0 && response.complete;) {
            while (buffer_.find("\r\n") == std::string::npos && response.complete)
                response.complete = fill();
            if (!response.complete)
                break;
            size = std::stoul(buffer_, nullptr, 16);
            buffer_.erase(0, buffer_.find("\r\n") + 2);
            response.complete = take(size + 2);
            response.body.resize(response.body.size() - std::min<std::size_t>(2, response.body.size()));
        }
        return response;
    }
    if (auto length = response.header("Content-Length"); !length.empty()) {
        response.complete = take(std::stoul(length));
        return response;
    }
    while (fill()) {
    }
    response.body = std::exchange(buffer_, {});
    return response;
}

bool RawHttp::closed_within(std::chrono::milliseconds timeout) {
    auto deadline = std::chrono::steady_clock::now() + timeout;
    char piece[65536];
    for (;;) {
        auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd waiting{descriptor_, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0)
            return false;
        if (::recv(descriptor_, piece, sizeof piece, 0) <= 0)
            return true;
    }
}

void RawHttp::end_of_sending() { ::shutdown(descriptor_, SHUT_WR); }

void RawHttp::reset() {
    linger abort{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    ::close(std::exchange(descriptor_, -1));
}

} // namespace cang::testing
