#include "registry/receive_body.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <exception>
#include <memory>

namespace cang::registry {

namespace {

constexpr std::size_t kBufferBytes = 256 * 1024; // only for a store that offers no buffers of its own

// Bytes go to the ingest as they come, so that nothing is lost when the next read fails.
awaitable<void> pump(io::Reader& body, content::Ingest& ingest) {
    std::unique_ptr<std::byte[]> own;
    for (;;) {
        auto room = ingest.buffer();
        auto lent = !room.empty();
        if (!lent) {
            if (!own)
                own = std::make_unique_for_overwrite<std::byte[]>(kBufferBytes);
            room = MutableBytes(own.get(), kBufferBytes);
        }
        auto taken = co_await body.read(room);
        if (taken == 0)
            co_return;
        // A request that was cancelled meanwhile still hands over what it took; the next read ends it.
        co_await asio::this_coro::throw_if_cancelled(false);
        if (lent)
            co_await ingest.advance(taken);
        else
            co_await ingest.write(room.first(taken));
        co_await asio::this_coro::throw_if_cancelled(true);
    }
}

} // namespace

awaitable<void> receive_body(io::Reader& body, content::Ingest& ingest, Interrupted interrupted) {
    std::exception_ptr failure;
    try {
        co_await pump(body, ingest);
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure)
        co_return;
    // A cancelled coroutine throws at every co_await; the clean-up must run all the same.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (interrupted == Interrupted::forget)
        co_await ingest.abort();
    else
        co_await ingest.suspend();
    co_await asio::this_coro::throw_if_cancelled(true);
    std::rethrow_exception(failure);
}

} // namespace cang::registry
