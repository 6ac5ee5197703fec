#include "registry/receive_body.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <exception>
#include <utility>

namespace cang::registry {

namespace {

// Per upload in flight, so it also bounds memory: 16 pushes hold 4 MiB.
constexpr std::size_t kBufferBytes = 256 * 1024;

struct Chunk {
    std::unique_ptr<std::byte[]> bytes = std::make_unique_for_overwrite<std::byte[]>(kBufferBytes);
    std::size_t filled = 0; // not yet given to the ingest
};

awaitable<void> hand_over(Chunk& chunk, content::Ingest& ingest) {
    ByteView view(chunk.bytes.get(), std::exchange(chunk.filled, 0));
    if (!view.empty())
        co_await ingest.write(view);
}

awaitable<void> pump(io::Reader& body, content::Ingest& ingest, Chunk& chunk) {
    for (;;) {
        MutableBytes room(chunk.bytes.get() + chunk.filled, kBufferBytes - chunk.filled);
        auto taken = co_await body.read(room);
        chunk.filled += taken;
        if (taken == 0 || chunk.filled == kBufferBytes)
            co_await hand_over(chunk, ingest);
        if (taken == 0)
            co_return;
    }
}

} // namespace

awaitable<void> receive_body(io::Reader& body, content::Ingest& ingest, Interrupted interrupted) {
    Chunk chunk;
    std::exception_ptr failure;
    try {
        co_await pump(body, ingest, chunk);
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure)
        co_return;
    // A cancelled coroutine throws at every co_await; the clean-up must run all the same.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (interrupted == Interrupted::forget) {
        co_await ingest.abort();
    } else {
        co_await hand_over(chunk, ingest);
        co_await ingest.suspend();
    }
    std::rethrow_exception(failure);
}

} // namespace cang::registry
