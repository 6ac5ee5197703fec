// The body of one request. Once the receive buffer is used up, bytes go from the socket straight into the caller's
// span. Answers "Expect: 100-continue" with the first read, not earlier.
#pragma once

#include "http/channel.hpp"
#include "http/chunk_decoder.hpp"
#include "http/receive_buffer.hpp"
#include "http/request_head.hpp"
#include "io/reader.hpp"

namespace cang::http {

class BodyReader final : public io::Reader {
public:
    BodyReader(Channel& channel, ReceiveBuffer& buffer, const RequestHead& head);

    // Throws Error{cancelled} when the client goes away, Error{deadline_exceeded} when it stalls,
    // Error{invalid_argument} for bad framing and beyond the limit.
    awaitable<std::size_t> read(MutableBytes target) override;

    // Throws Error{invalid_argument} at once when the stated length is larger.
    void set_limit(std::uint64_t limit);
    // The whole body must be here by then, however steadily it comes; read() throws Error{deadline_exceeded} else.
    void set_deadline(SteadyTime deadline) noexcept { deadline_ = deadline; }
    bool limit_exceeded() const noexcept { return limit_exceeded_; }
    bool finished() const noexcept;
    std::uint64_t bytes() const noexcept { return received_; }
    // Whether the rest is known or likely to be small enough to be read and forgotten.
    bool drainable() const noexcept;
    // Reads and forgets the rest; false when it is too large.
    awaitable<bool> drain();

private:
    awaitable<void> send_continue();
    awaitable<std::size_t> read_plain(MutableBytes target);
    awaitable<std::size_t> read_chunked(MutableBytes target);
    void count(std::size_t bytes);

    Channel& channel_;
    ReceiveBuffer& buffer_;
    ChunkDecoder chunks_;
    std::uint64_t left_ = 0; // without chunks
    std::uint64_t received_ = 0;
    std::uint64_t limit_ = UINT64_MAX;
    SteadyTime deadline_ = SteadyTime::max();
    bool chunked_ = false;
    bool continue_due_ = false;
    bool failed_ = false;
    bool limit_exceeded_ = false;
};

} // namespace cang::http
