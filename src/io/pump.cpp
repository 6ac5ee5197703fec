#include "io/pump.hpp"

#include "async/for_each_limit.hpp"

namespace cang::io {

namespace {

struct Block {
    explicit Block(std::size_t capacity) : bytes(std::make_unique_for_overwrite<std::byte[]>(capacity)) {}

    ByteView view() const { return ByteView(bytes.get(), length); }

    std::unique_ptr<std::byte[]> bytes;
    std::size_t length = 0;
};

awaitable<void> fill(Reader& source, Block& block, std::size_t capacity,
                     const std::function<void(std::uint64_t)>& arrived) {
    block.length = 0;
    while (block.length < capacity) {
        const MutableBytes rest(block.bytes.get() + block.length, capacity - block.length);
        const auto length = co_await source.read(rest);
        if (length == 0)
            co_return;
        block.length += length;
        if (arrived)
            arrived(length);
    }
}

} // namespace

awaitable<std::uint64_t> pump(Reader& source, async::BlockingPool& pool, const std::vector<BlockConsumer>& consumers,
                              std::size_t block_bytes, const std::function<void(std::uint64_t)>& arrived) {
    Block current(block_bytes);
    Block next(block_bytes);
    co_await fill(source, current, block_bytes, arrived);
    std::uint64_t total = 0;
    // The consumers are posted before the read starts: a reader that computes on this thread then overlaps with them.
    const std::function<awaitable<void>(std::size_t)> step = [&](std::size_t job) -> awaitable<void> {
        if (job < consumers.size()) {
            auto work = [&consumer = consumers[job], view = current.view()] { consumer(view); };
            co_await async::run_blocking(pool, std::move(work));
        } else {
            co_await fill(source, next, block_bytes, arrived);
        }
    };
    while (current.length != 0) {
        const bool last = current.length < block_bytes;
        next.length = 0;
        co_await async::for_each_index(consumers.size() + (last ? 0 : 1), consumers.size() + 1, step);
        total += current.length;
        std::swap(current, next);
    }
    co_return total;
}

} // namespace cang::io
