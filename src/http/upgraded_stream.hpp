// The byte stream of a connection that has left HTTP behind (101 Switching Protocols), for whoever took it over.
//
// Used on the connection's event loop. Reading and writing go on side by side; there is no deadline here: the protocol
// that took over has its own and ends the stream with shut().
#pragma once

#include "http/channel.hpp"
#include "http/receive_buffer.hpp"

#include <functional>
#include <string_view>

namespace cang::http {

class UpgradedStream {
public:
    UpgradedStream(Channel& channel, ReceiveBuffer& buffer) : channel_(channel), buffer_(buffer) {}

    // Bytes that arrived and are not consumed, waiting for some when there are none; empty at the end of the stream.
    // Valid until consume() or the next call. Holds no memory while it waits.
    awaitable<std::string_view> receive();
    void consume(std::size_t bytes) noexcept { buffer_.consume(bytes); }

    // As much as goes without waiting, advancing the pieces; true when that was all. Throws Error{cancelled} when the
    // peer is gone. After false, the next call begins with the same bytes.
    bool write_now(std::span<ByteView> pieces) { return channel_.write_now(pieces); }
    // After write_now() returned false: calls `ready` once, on the loop, when it may go on or the connection is over;
    // that can be after the end of this object, so `ready` captures what it needs.
    void when_writable(std::function<void()> ready);

    void shut() noexcept { channel_.shut(); } // both directions; from any thread
    void stop_receiving() noexcept;           // receive() finds the end; what was written still goes out
    asio::any_io_executor executor() { return channel_.transport().socket().get_executor(); }

private:
    Channel& channel_;
    ReceiveBuffer& buffer_;
};

} // namespace cang::http
