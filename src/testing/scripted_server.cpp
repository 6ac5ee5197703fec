#include "testing/scripted_server.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>
#include <stdexcept>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cang::testing {

namespace {

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::string> find_header(const HeaderList& headers, std::string_view name) {
    for (const auto& [key, value] : headers)
        if (same_name(key, name))
            return value;
    return std::nullopt;
}

std::string describe(const Exchange& exchange) { return fmt::format("{} {}", exchange.method, exchange.target); }

bool headers_fit(const Exchange& exchange, const RecordedRequest& request) {
    return std::ranges::all_of(exchange.headers, [&](const auto& wanted) {
        auto value = find_header(request.headers, wanted.first);
        return wanted.second.empty() ? !value.has_value() : value == wanted.second;
    });
}

} // namespace

struct ScriptedServer::Connection {
    int socket = -1;
    std::uint64_t number = 0;
    std::string input; // received, not yet used
    std::thread thread;

    bool fill() {
        char buffer[16384];
        ssize_t count = ::recv(socket, buffer, sizeof buffer, 0);
        if (count <= 0)
            return false;
        input.append(buffer, static_cast<std::size_t>(count));
        return true;
    }
    std::optional<std::string> take_line() {
        std::size_t end = 0;
        while ((end = input.find("\r\n")) == std::string::npos)
            if (!fill())
                return std::nullopt;
        std::string line = input.substr(0, end);
        input.erase(0, end + 2);
        return line;
    }
    std::string take_bytes(std::size_t count) {
        while (input.size() < count && fill()) {
        }
        std::string bytes = input.substr(0, count);
        input.erase(0, bytes.size());
        return bytes;
    }
    bool send_all(std::string_view bytes) {
        while (!bytes.empty()) {
            ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }
    // A reset rather than an orderly end.
    void reset() {
        linger hard{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }

    std::optional<RecordedRequest> take_head();
    std::string take_body(const RecordedRequest& request, std::size_t limit);
};

std::optional<RecordedRequest> ScriptedServer::Connection::take_head() {
    while (input.empty())
        if (!fill())
            return std::nullopt;
    constexpr char kTlsHandshake = 0x16;
    if (input.front() == kTlsHandshake) { // as plain HTTP servers do
        send_all("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTPS request to an HTTP server.\n");
        return std::nullopt;
    }
    auto line = take_line();
    if (!line)
        return std::nullopt;
    RecordedRequest request;
    request.connection = number;
    auto first = line->find(' ');
    auto second = line->rfind(' ');
    if (first == std::string::npos || second <= first)
        return std::nullopt;
    request.method = line->substr(0, first);
    request.target = line->substr(first + 1, second - first - 1);
    while ((line = take_line()) && !line->empty()) {
        auto colon = line->find(':');
        auto value = colon == std::string::npos ? std::string() : line->substr(colon + 1);
        value.erase(0, value.find_first_not_of(' '));
        request.headers.emplace_back(line->substr(0, colon), value);
    }
    return request;
}

std::string ScriptedServer::Connection::take_body(const RecordedRequest& request, std::size_t limit) {
    if (!same_name(request.header("Transfer-Encoding"), "chunked")) {
        std::string length = request.header("Content-Length");
        return take_bytes(std::min(limit, length.empty() ? 0 : static_cast<std::size_t>(std::stoull(length))));
    }
    std::string body;
    while (body.size() < limit) {
        auto line = take_line();
        std::size_t size = line ? std::stoull(*line, nullptr, 16) : 0;
        body += take_bytes(size);
        take_line();
        if (size == 0)
            break;
    }
    return body;
}

std::string RecordedRequest::header(std::string_view name) const { return find_header(headers, name).value_or(""); }

ScriptedServer::ScriptedServer(std::vector<Exchange> conversation)
    : exchanges_(std::make_move_iterator(conversation.begin()), std::make_move_iterator(conversation.end())) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 64) != 0 || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error(fmt::format("scripted server: {}", std::strerror(errno)));
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_loop(); });
}

ScriptedServer::~ScriptedServer() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
        for (Connection& connection : connections_)
            ::shutdown(connection.socket, SHUT_RDWR);
    }
    released_.notify_all();
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (Connection& connection : connections_) {
        connection.thread.join();
        ::close(connection.socket);
    }
    ::close(listener_);
}

std::string ScriptedServer::authority() const { return fmt::format("127.0.0.1:{}", port_); }

std::string ScriptedServer::url(std::string_view target) const {
    return fmt::format("http://{}{}", authority(), target);
}

void ScriptedServer::add(Exchange exchange) {
    std::lock_guard lock(mutex_);
    exchanges_.push_back(std::move(exchange));
}

void ScriptedServer::release() {
    {
        std::lock_guard lock(mutex_);
        ++releases_;
    }
    released_.notify_all();
}

std::vector<RecordedRequest> ScriptedServer::requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
}

std::string ScriptedServer::problems() const {
    std::lock_guard lock(mutex_);
    std::string text;
    for (const std::string& line : unexpected_)
        text += "unexpected: " + line + "\n";
    for (const Exchange& exchange : exchanges_)
        if (!exchange.forever)
            text += "unused: " + describe(exchange) + "\n";
    return text;
}

void ScriptedServer::accept_loop() {
    while (true) {
        int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        std::lock_guard lock(mutex_);
        if (socket < 0 || stopping_) {
            if (socket >= 0)
                ::close(socket);
            return;
        }
        Connection& connection = connections_.emplace_back();
        connection.socket = socket;
        connection.number = connections_.size();
        connection.thread = std::thread([this, &connection] { serve(connection); });
    }
}

void ScriptedServer::serve(Connection& connection) {
    while (serve_one(connection)) {
    }
    ::shutdown(connection.socket, SHUT_RDWR);
}

std::optional<Exchange> ScriptedServer::match(const RecordedRequest& request, bool compare_body) {
    std::lock_guard lock(mutex_);
    auto fits = [&](const Exchange& exchange) {
        return exchange.method == request.method && exchange.target == request.target &&
               (exchange.if_state.empty() || exchange.if_state == state_) && headers_fit(exchange, request) &&
               (!compare_body || !exchange.request_body || *exchange.request_body == request.body);
    };
    auto found = std::ranges::find_if(exchanges_, fits);
    if (found == exchanges_.end())
        return std::nullopt;
    Exchange exchange = *found;
    if (compare_body) {
        if (!exchange.set_state.empty())
            state_ = exchange.set_state;
        if (!exchange.forever)
            exchanges_.erase(found);
    }
    return exchange;
}

bool ScriptedServer::serve_one(Connection& connection) {
    auto request = connection.take_head();
    if (!request)
        return false;
    auto early = match(*request, false);
    bool cut = early && early->cut_request_after;
    request->body = connection.take_body(*request, cut ? *early->cut_request_after : SIZE_MAX);
    auto exchange = match(*request, true);
    {
        std::lock_guard lock(mutex_);
        requests_.push_back(*request);
        if (!exchange)
            unexpected_.push_back(fmt::format("{} {}", request->method, request->target));
    }
    if (!exchange) {
        Exchange nothing;
        nothing.status = 599;
        return answer(connection, nothing, request->method);
    }
    if (cut) {
        connection.reset();
        std::lock_guard lock(mutex_);
        ::close(connection.socket);
        connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); // keeps the number from being reused
        return false;
    }
    return answer(connection, *exchange, request->method);
}

bool ScriptedServer::answer(Connection& connection, const Exchange& exchange, const std::string& method) {
    if (exchange.silent || exchange.held) {
        std::unique_lock lock(mutex_);
        released_.wait(lock, [&] { return stopping_ || (!exchange.silent && releases_ > 0); });
        if (stopping_)
            return false;
        --releases_;
    }
    if (!exchange.raw.empty()) {
        connection.send_all(exchange.raw);
        return false;
    }
    std::string head = fmt::format("HTTP/1.1 {} Scripted\r\n", exchange.status);
    for (const auto& [name, value] : exchange.response_headers)
        head += fmt::format("{}: {}\r\n", name, value);
    if (!find_header(exchange.response_headers, "Content-Length") &&
        !find_header(exchange.response_headers, "Transfer-Encoding"))
        head += fmt::format("Content-Length: {}\r\n", exchange.body.size() * exchange.body_repeat);
    if (!connection.send_all(head + "\r\n"))
        return false;
    if (method == "HEAD" || exchange.status == 204 || exchange.status == 304)
        return true;
    if (exchange.cut_response_after) {
        connection.send_all(std::string_view(exchange.body).substr(0, *exchange.cut_response_after));
        return false;
    }
    for (std::uint64_t i = 0; i < exchange.body_repeat; ++i)
        if (!connection.send_all(exchange.body))
            return false;
    return !same_name(find_header(exchange.response_headers, "Connection").value_or(""), "close");
}

} // namespace cang::testing
