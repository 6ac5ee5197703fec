// The sending side of a connection that has left HTTP behind (101 Switching Protocols), for whoever took it over.
//
// Used on the connection's event loop. There is no deadline here: the protocol that took over has its own and ends the
// stream with shut().
#pragma once

#include "http/channel.hpp"

#include <functional>

namespace cang::http {

class UpgradedStream {
public:
    explicit UpgradedStream(Channel& channel) : channel_(channel) {}

    // As much as goes without waiting, advancing the pieces; true when that was all. Throws Error{cancelled} when the
    // peer is gone. After false, the next call begins with the same bytes.
    bool write_now(std::span<ByteView> pieces) { return channel_.write_now(pieces); }
    // After write_now() returned false: calls `ready` once, on the loop, when it may go on or the connection is over;
    // that can be after the end of this object, so `ready` captures what it needs.
    void when_writable(std::function<void()> ready) { channel_.when_ready(channel_.write_wait(), std::move(ready)); }

    void shut() noexcept { channel_.shut(); } // both directions; from any thread
    void stop_receiving() noexcept;           // the client's bytes end here; what was written still goes out
    asio::any_io_executor executor() { return channel_.transport().socket().get_executor(); }

private:
    Channel& channel_;
};

} // namespace cang::http
