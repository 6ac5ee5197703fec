#include "http/upgraded_stream.hpp"

#include <sys/socket.h>

namespace cang::http {

awaitable<std::string_view> UpgradedStream::receive() {
    while (buffer_.empty()) {
        auto progress = channel_.transport().read(buffer_.prepare(), {});
        buffer_.commit(progress.bytes);
        if (progress.closed)
            break;
        if (progress.bytes > 0)
            continue;
        buffer_.clear();
        co_await channel_.wait(progress.wait, SteadyTime::max());
    }
    co_return buffer_.unread();
}

void UpgradedStream::when_writable(std::function<void()> ready) {
    auto direction = channel_.write_wait() == Readiness::readable ? Socket::wait_read : Socket::wait_write;
    channel_.transport().socket().async_wait(direction,
                                             [ready = std::move(ready)](boost::system::error_code) { ready(); });
}

void UpgradedStream::stop_receiving() noexcept { ::shutdown(channel_.transport().socket().native_handle(), SHUT_RD); }

} // namespace cang::http
