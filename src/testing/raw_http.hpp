// A blocking HTTP client that sends exactly the bytes it is told to, whole or in pieces, and shows exactly what comes
// back; for tests of servers that run on threads of their own.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace cang::testing {

struct RawResponse {
    int status = 0;
    std::string head; // with the status line and the empty line
    std::string body; // chunked bodies are decoded
    bool complete = false;

    // The field's value, empty when absent.
    std::string header(std::string_view name) const;
};

class RawHttp {
public:
    // Connects to the loopback; throws std::runtime_error when that fails.
    explicit RawHttp(std::uint16_t port);
    ~RawHttp();
    RawHttp(RawHttp&& other) noexcept;
    RawHttp& operator=(RawHttp&&) = delete;

    // False when the peer has closed.
    bool send(std::string_view bytes);
    // One response; `head_request` has no body whatever it states. Incomplete when the stream ends or nothing comes
    // for five seconds.
    RawResponse receive(bool head_request = false);
    RawResponse exchange(std::string_view request) { return send(request), receive(); }
    // Whether the peer closes within `timeout`; reads and forgets what comes before.
    bool closed_within(std::chrono::milliseconds timeout);
    void end_of_sending(); // half close
    void reset();          // closes with RST
    int descriptor() const noexcept { return descriptor_; }

private:
    bool fill();

    int descriptor_ = -1;
    std::string buffer_;
};

} // namespace cang::testing
