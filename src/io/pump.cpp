#include "io/pump.hpp"

#include "async/for_each_limit.hpp"
#include "io/direct_file.hpp"

#include <new>

namespace cang::io {

namespace {

struct Block {
    static constexpr std::align_val_t alignment{kPageBytes};
    struct Free {
        void operator()(std::byte* memory) const noexcept { ::operator delete(memory, alignment); }
    };

    explicit Block(std::size_t capacity) : bytes(static_cast<std::byte*>(::operator new(capacity, alignment))) {}

    ByteView view() const { return ByteView(bytes.get(), length); }

    std::unique_ptr<std::byte, Free> bytes;
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

std::size_t first_block_at(std::uint64_t offset) { return kPumpBlock - offset % kPageBytes; }

awaitable<std::uint64_t> pump(Reader& source, async::BlockingPool& pool, const std::vector<BlockConsumer>& consumers,
                              std::size_t block_bytes, const std::function<void(std::uint64_t)>& arrived,
                              std::size_t first_block_bytes) {
    Block current(block_bytes);
    Block next(block_bytes);
    auto capacity = first_block_bytes == 0 ? block_bytes : first_block_bytes; // of the current block
    co_await fill(source, current, capacity, arrived);
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
        const bool last = current.length < std::exchange(capacity, block_bytes);
        next.length = 0;
        co_await async::for_each_index(consumers.size() + (last ? 0 : 1), consumers.size() + 1, step);
        total += current.length;
        std::swap(current, next);
    }
    co_return total;
}

} // namespace cang::io
