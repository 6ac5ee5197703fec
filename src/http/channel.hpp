// A transport with waiting and deadlines: the coroutine side of one connection's byte stream.
//
// Deadlines cost no timer: the event loop looks at deadline() of every connection now and then and calls expire().
#pragma once

#include "async/awaitable.hpp"
#include "http/transport.hpp"

#include <functional>

#include <chrono>
#include <memory>
#include <span>

namespace cang::http {

using SteadyTime = std::chrono::steady_clock::time_point;

// A few milliseconds coarse, and cheaper than steady_clock::now().
SteadyTime coarse_now() noexcept;

class Channel {
public:
    Channel(std::unique_ptr<Transport> transport, std::chrono::milliseconds stall_timeout)
        : transport_(std::move(transport)), stall_timeout_(stall_timeout) {}

    // At least one byte, or 0 at the end of the stream. Throws Error{deadline_exceeded} after the stall timeout and
    // when it would have to wait beyond `deadline`.
    awaitable<std::size_t> read(MutableBytes first, MutableBytes spill, SteadyTime deadline = SteadyTime::max());
    // All of the pieces; throws Error{cancelled} when the client is gone. Advances the pieces.
    awaitable<void> write(std::span<ByteView> pieces, bool more = false);
    // As much as goes without waiting; true when that was all. Throws like write().
    bool write_now(std::span<ByteView> pieces, bool more = false);
    awaitable<void> send_file(int descriptor, std::uint64_t offset, std::uint64_t length);
    // Until the socket is ready or the deadline passed, see timed_out().
    awaitable<void> wait(Readiness readiness, SteadyTime deadline);
    // Calls `ready` once, on the loop, when the socket is ready or shut, possibly after the end of this object.
    void when_ready(Readiness readiness, std::function<void()> ready);

    // On the loop's thread: ends what the connection waits for when its deadline has passed.
    void expire(SteadyTime now) noexcept;
    void shut() noexcept; // both directions: every read and write from now on finds the stream closed
    bool timed_out() const noexcept { return timed_out_; }
    // What a write_now() that returned false waits for.
    Readiness write_wait() const noexcept { return write_wait_; }
    // Calls `gone` once, on the loop, when the client ends the stream before it sends anything more; possibly after
    // the end of this object.
    void when_gone(std::function<void()> gone);
    std::uint64_t bytes_written() const noexcept { return bytes_written_; }
    Transport& transport() noexcept { return *transport_; }

private:
    // Lets the loop's other connections have their turn when this one never has to wait.
    bool turn_is_over(std::size_t bytes) noexcept;
    awaitable<void> yield();

    std::unique_ptr<Transport> transport_;
    std::chrono::milliseconds stall_timeout_;
    SteadyTime deadline_ = SteadyTime::max();
    std::uint64_t bytes_written_ = 0;
    std::size_t turn_bytes_ = 0;                 // moved since the last wait
    Readiness write_wait_ = Readiness::writable; // what the last write needs; TLS may need to read first
    bool waits_for_read_ = false;
    bool timed_out_ = false;
};

} // namespace cang::http
