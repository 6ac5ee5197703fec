#include "http/transport.hpp"

#include "base/error.hpp"

#include <array>
#include <cerrno>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace cang::http {

namespace {

class PlainTransport final : public Transport {
public:
    using Transport::Transport;

    Progress read(MutableBytes first, MutableBytes spill) override {
        std::array<iovec, 2> parts{iovec{first.data(), first.size()}, iovec{spill.data(), spill.size()}};
        ssize_t count = spill.empty() ? ::recv(descriptor(), first.data(), first.size(), 0)
                                      : ::readv(descriptor(), parts.data(), 2);
        return count == 0 ? Progress{.closed = true} : outcome(count, Readiness::readable);
    }

    Progress write(std::span<const ByteView> pieces, bool more) override {
        std::array<iovec, kMaxPieces> parts;
        msghdr message{};
        message.msg_iov = parts.data();
        for (const auto& piece : pieces.first(std::min(pieces.size(), kMaxPieces)))
            if (!piece.empty())
                parts[message.msg_iovlen++] = {const_cast<std::byte*>(piece.data()), piece.size()};
        auto count = ::sendmsg(descriptor(), &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
        return outcome(count, Readiness::writable);
    }

    Progress send_file(int file, std::uint64_t offset, std::size_t length) override {
        auto position = static_cast<off_t>(offset);
        auto count = ::sendfile(descriptor(), file, &position, length);
        if (count == 0)
            throw Error(ErrorKind::corrupt, "the file ended before its length");
        if (count < 0 && errno == EIO)
            throw system_error(EIO, "reading the file");
        auto progress = outcome(count, Readiness::writable);
        // The socket is full: another attempt would gather the next pages only to put them back.
        if (count > 0 && static_cast<std::size_t>(count) < length)
            progress.wait = Readiness::writable;
        return progress;
    }

    bool has_pending() const noexcept override { return false; }
    void finish() noexcept override { ::shutdown(descriptor(), SHUT_WR); }
    bool secure() const noexcept override { return false; }

private:
    int descriptor() { return socket().native_handle(); }

    static Progress outcome(ssize_t count, Readiness wait) {
        if (count >= 0)
            return {.bytes = static_cast<std::size_t>(count)};
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
            return {.wait = wait};
        return {.closed = true};
    }
};

} // namespace

std::unique_ptr<Transport> plain_transport(Socket socket) {
    return std::make_unique<PlainTransport>(std::move(socket));
}

} // namespace cang::http
