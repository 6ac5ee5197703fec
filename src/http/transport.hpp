// What a connection reads from and writes to: a TCP socket, bare or under TLS. Nothing here waits; a call that cannot
// go on says for which readiness of the socket to wait. Not thread-safe.
#pragma once

#include "async/awaitable.hpp"
#include "base/bytes.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <span>

namespace cang::http {

using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

enum class Readiness : std::uint8_t { none, readable, writable };

struct Progress {
    std::size_t bytes = 0;
    Readiness wait = Readiness::none; // before the next call; always when bytes is 0 and the stream is not closed
    bool closed = false;              // the peer ended the stream, or it broke
};

class Transport {
public:
    // What one write() takes at once; further pieces wait for the next.
    static constexpr std::size_t kMaxPieces = 16;

    explicit Transport(Socket socket) : socket_(std::move(socket)) {}
    virtual ~Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    // Fills `first`, then may go on into `spill`, which may be empty.
    virtual Progress read(MutableBytes first, MutableBytes spill) = 0;
    // A prefix of the pieces. `more`: more follows at once, so a partial packet may wait for it. After a call that has
    // to wait, the next one begins with the same bytes.
    virtual Progress write(std::span<const ByteView> pieces, bool more) = 0;
    // Up to `length` (not 0) bytes of the file. Throws Error{corrupt} when the file ends early.
    virtual Progress send_file(int descriptor, std::uint64_t offset, std::size_t length) = 0;
    // Bytes that arrived already, so that no readiness will announce them.
    virtual bool has_pending() const noexcept = 0;
    // Ends the writing direction.
    virtual void finish() noexcept = 0;
    virtual bool secure() const noexcept = 0;

    Socket& socket() noexcept { return socket_; }

private:
    Socket socket_;
};

std::unique_ptr<Transport> plain_transport(Socket socket);

} // namespace cang::http
