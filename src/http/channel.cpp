#include "http/channel.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

namespace cang::http {

namespace {

constexpr std::size_t kFilePieceBytes = 2 * MiB;
// What one connection may move before the others of its loop have their turn: under a millisecond.
constexpr std::size_t kTurnBytes = 2 * MiB;

[[noreturn]] void throw_gone() { throw Error(ErrorKind::cancelled, "the client closed the connection"); }

// Asks the kernel to read ahead what sendfile would otherwise block the loop for; asks only when the end of the piece
// is not in memory, because the request itself walks every page.
void read_ahead(int descriptor, std::uint64_t offset, std::uint64_t length) {
    char probe = 0;
    iovec part{&probe, 1};
    auto last = static_cast<off_t>(offset + length - 1);
    if (::preadv2(descriptor, &part, 1, last, RWF_NOWAIT) < 0)
        ::posix_fadvise(descriptor, static_cast<off_t>(offset), static_cast<off_t>(length), POSIX_FADV_WILLNEED);
}

} // namespace

SteadyTime coarse_now() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return SteadyTime(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

awaitable<void> Channel::wait(Readiness readiness, SteadyTime deadline) {
    waits_for_read_ = readiness == Readiness::readable;
    deadline_ = deadline;
    boost::system::error_code ignored; // the next read or write finds out
    auto direction = waits_for_read_ ? Socket::wait_read : Socket::wait_write;
    co_await transport_->socket().async_wait(direction, asio::redirect_error(asio::use_awaitable, ignored));
    deadline_ = SteadyTime::max();
    turn_bytes_ = 0;
}

void Channel::when_ready(Readiness readiness, std::function<void()> ready) {
    auto direction = readiness == Readiness::readable ? Socket::wait_read : Socket::wait_write;
    transport_->socket().async_wait(direction, [ready = std::move(ready)](boost::system::error_code) { ready(); });
}

bool Channel::turn_is_over(std::size_t bytes) noexcept {
    turn_bytes_ += bytes;
    return turn_bytes_ >= kTurnBytes;
}

awaitable<void> Channel::yield() {
    turn_bytes_ = 0;
    co_await asio::post(transport_->socket().get_executor(), asio::use_awaitable);
}

awaitable<std::size_t> Channel::read(MutableBytes first, MutableBytes spill, SteadyTime deadline) {
    for (;;) {
        auto progress = transport_->read(first, spill);
        if (progress.bytes > 0) {
            if (turn_is_over(progress.bytes))
                co_await yield();
            co_return progress.bytes;
        }
        if (timed_out_)
            throw Error(ErrorKind::deadline_exceeded, coarse_now() < deadline
                                                          ? "the client stopped sending"
                                                          : "the request body did not arrive in time");
        if (progress.closed)
            co_return 0;
        co_await wait(progress.wait, std::min(coarse_now() + stall_timeout_, deadline));
    }
}

bool Channel::write_now(std::span<ByteView> pieces, bool more) {
    for (;;) {
        while (!pieces.empty() && pieces.front().empty())
            pieces = pieces.subspan(1);
        if (pieces.empty())
            return true;
        auto progress = transport_->write(pieces, more);
        if (progress.closed)
            throw_gone();
        write_wait_ = progress.wait;
        if (progress.bytes == 0)
            return false;
        bytes_written_ += progress.bytes;
        for (auto& piece : pieces) {
            auto taken = std::min(piece.size(), progress.bytes);
            piece = piece.subspan(taken);
            progress.bytes -= taken;
        }
    }
}

awaitable<void> Channel::write(std::span<ByteView> pieces, bool more) {
    for (;;) {
        auto before = bytes_written_;
        bool done = write_now(pieces, more);
        if (done && turn_is_over(static_cast<std::size_t>(bytes_written_ - before)))
            co_await yield();
        if (done)
            co_return;
        co_await wait(write_wait_, coarse_now() + stall_timeout_);
    }
}

awaitable<void> Channel::send_file(int descriptor, std::uint64_t offset, std::uint64_t length) {
    ::posix_fadvise(descriptor, static_cast<off_t>(offset), static_cast<off_t>(length), POSIX_FADV_SEQUENTIAL);
    std::uint64_t ahead = offset;
    std::uint64_t end = offset + length;
    while (offset < end) {
        if (offset >= ahead) {
            auto piece = std::min<std::uint64_t>(end - ahead, 2 * kFilePieceBytes);
            read_ahead(descriptor, ahead, piece);
            ahead += kFilePieceBytes;
        }
        auto size = static_cast<std::size_t>(std::min<std::uint64_t>(end - offset, kFilePieceBytes));
        auto progress = transport_->send_file(descriptor, offset, size);
        if (progress.closed)
            throw_gone();
        offset += progress.bytes;
        bytes_written_ += progress.bytes;
        if (progress.wait != Readiness::none)
            co_await wait(progress.wait, coarse_now() + stall_timeout_);
        else if (turn_is_over(progress.bytes))
            co_await yield();
    }
}

void Channel::expire(SteadyTime now) noexcept {
    if (now < deadline_)
        return;
    timed_out_ = true;
    deadline_ = SteadyTime::max();
    // A reader that gave up still gets an answer; a writer that stopped taking bytes gets none.
    ::shutdown(transport_->socket().native_handle(), waits_for_read_ ? SHUT_RD : SHUT_RDWR);
}

void Channel::when_gone(std::function<void()> gone) {
    auto look = [gone = std::move(gone),
                 descriptor = transport_->socket().native_handle()](boost::system::error_code error) {
        pollfd look{descriptor, POLLRDHUP, 0};
        if (!error && ::poll(&look, 1, 0) == 1 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
            gone();
    };
    transport_->socket().async_wait(Socket::wait_read, std::move(look));
}

void Channel::shut() noexcept { ::shutdown(transport_->socket().native_handle(), SHUT_RDWR); }

} // namespace cang::http
