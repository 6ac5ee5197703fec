// Sends one response. begin() does all of the work for a short body when the socket takes it; else finish() goes on.
#pragma once

#include "http/channel.hpp"
#include "http/loop_state.hpp"
#include "http/response_head.hpp"

namespace cang::http {

class ResponseWriter {
public:
    ResponseWriter(Channel& channel, LoopState& loop) : channel_(channel), loop_(loop) {}

    // True when everything is sent. Throws before anything is sent, or when the client is gone.
    bool begin(const Response& response, const ResponseFraming& framing);
    // After begin() returned false. Throws when the client is gone or the body's source fails; the response is then
    // cut short and the connection must close.
    awaitable<void> finish(const Response& response);
    bool head_sent() const noexcept { return head_bytes_ > 0 && channel_.bytes_written() > start_; }
    std::uint64_t body_bytes() const noexcept;

private:
    awaitable<void> send_stream(const StreamBody& body);

    Channel& channel_;
    LoopState& loop_;
    std::string head_; // what of it is not sent yet
    ByteView rest_;    // of a body in memory
    std::uint64_t start_ = 0;
    std::uint64_t head_bytes_ = 0;
    bool has_body_ = false;
    bool chunked_ = false;
};

} // namespace cang::http
