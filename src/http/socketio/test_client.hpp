// A blocking client for tests of a hub: polling requests and WebSocket frames, byte by byte.
#pragma once

#include "http/server.hpp"
#include "http/socketio/hub.hpp"
#include "http/socketio/websocket_frame.hpp"
#include "testing/raw_http.hpp"

#include <boost/json/parse.hpp>
#include <poll.h>
#include <sys/socket.h>

namespace cang::socketio {

class TestServer {
public:
    TestServer(std::vector<http::Route> routes) : server(options(), fill(std::move(routes)), {}) { server.start(); }

    testing::RawResponse get(const std::string& query) const {
        return testing::RawHttp(server.port()).exchange(request("GET", query, ""));
    }
    testing::RawResponse post(const std::string& query, const std::string& body) const {
        return testing::RawHttp(server.port()).exchange(request("POST", query, body));
    }
    // The query that goes on with a fresh polling session.
    std::string open() const {
        auto body = get("EIO=4&transport=polling").body;
        auto value = boost::json::parse(std::string_view(body).substr(1));
        return "EIO=4&transport=polling&sid=" + std::string(value.at("sid").as_string());
    }
    static std::string request(std::string_view method, const std::string& query, const std::string& body) {
        return std::string(method) + " /socket.io/?" + query +
               " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    http::Router router;
    http::Server server;

private:
    static http::ServerOptions options() {
        http::ServerOptions options;
        options.threads = 2;
        return options;
    }
    const http::Router& fill(std::vector<http::Route> routes) {
        router.add(std::move(routes));
        return router;
    }
};

class TestWebSocket {
public:
    TestWebSocket(const TestServer& server, const std::string& query) : http_(server.server.port()) {
        http_.send("GET /socket.io/?" + query +
                   " HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        while (buffer_.find("\r\n\r\n") == std::string::npos && fill()) {
        }
        auto end = buffer_.find("\r\n\r\n");
        head = buffer_.substr(0, end);
        buffer_.erase(0, end == std::string::npos ? end : end + 4);
    }

    void send(std::string_view payload, Opcode opcode = Opcode::text) {
        auto frame = encode_frame(opcode, payload);
        frame[1] = static_cast<char>(frame[1] | 0x80);
        http_.send(frame.insert(frame.size() - payload.size(), 4, '\0'));
    }
    void send_bytes(std::string_view bytes) { http_.send(bytes); }
    // The payload of the next frame that is no ping packet; "closed" at the end of the stream, "close CODE" for a close
    // frame, "silence" when nothing comes for five seconds.
    std::string receive() {
        for (;;) {
            auto payload = receive_any();
            if (payload != "2")
                return payload;
        }
    }
    std::string receive_any() {
        while (!whole())
            if (!fill())
                return silent_ ? "silence" : "closed";
        auto opcode = static_cast<Opcode>(buffer_[0] & 0x0f);
        auto payload = buffer_.substr(header_, size_);
        buffer_.erase(0, header_ + size_);
        if (opcode != Opcode::close)
            return payload;
        auto code = static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
        return "close " + std::to_string(code);
    }
    int descriptor() const { return http_.descriptor(); }

    std::string head; // of the response to the handshake

private:
    bool whole() {
        auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(buffer_[at])); };
        if (buffer_.size() < 2)
            return false;
        std::size_t width = byte(1) < 126 ? 0 : byte(1) == 126 ? 2 : 8;
        header_ = 2 + width;
        if (buffer_.size() < header_)
            return false;
        size_ = width == 0 ? byte(1) : 0;
        for (std::size_t i = 0; i < width; ++i)
            size_ = size_ << 8 | byte(2 + i);
        return buffer_.size() >= header_ + size_;
    }
    bool fill() {
        pollfd wait{http_.descriptor(), POLLIN, 0};
        silent_ = ::poll(&wait, 1, 5000) <= 0;
        if (silent_)
            return false;
        char bytes[16384];
        auto count = ::recv(http_.descriptor(), bytes, sizeof bytes, 0);
        if (count <= 0)
            return false;
        buffer_.append(bytes, static_cast<std::size_t>(count));
        return true;
    }

    testing::RawHttp http_;
    std::string buffer_;
    std::size_t header_ = 0;
    std::size_t size_ = 0;
    bool silent_ = false;
};

} // namespace cang::socketio
