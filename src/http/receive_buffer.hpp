// Bytes received and not yet used: the head of a request, then the start of its body or of the next request. Holds no
// memory while it is empty and released, which is what an idle connection costs.
#pragma once

#include "base/bytes.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace cang::http {

// Spare blocks of one event loop. Not thread-safe.
class BlockPool {
public:
    static constexpr std::size_t kBlockBytes = 4 * KiB;

    std::unique_ptr<std::byte[]> take();
    void give(std::unique_ptr<std::byte[]> block);

private:
    static constexpr std::size_t kMaxSpare = 256;
    std::vector<std::unique_ptr<std::byte[]>> spare_;
};

class ReceiveBuffer {
public:
    explicit ReceiveBuffer(BlockPool& pool) : pool_(pool) {}
    ~ReceiveBuffer() { clear(); }
    ReceiveBuffer(const ReceiveBuffer&) = delete;
    ReceiveBuffer& operator=(const ReceiveBuffer&) = delete;

    std::string_view unread() const noexcept {
        return {reinterpret_cast<const char*>(block_.get()) + begin_, end_ - begin_};
    }
    bool empty() const noexcept { return begin_ == end_; }
    void consume(std::size_t bytes) noexcept;
    // Room for new bytes, at least one: moves the unread ones to the front and doubles the block when that is full.
    MutableBytes prepare();
    void commit(std::size_t bytes) noexcept { end_ += bytes; }
    // Takes up to `target.size()` unread bytes.
    std::size_t copy_out(MutableBytes target) noexcept;
    // Forgets everything and gives the memory back.
    void clear() noexcept;

private:
    BlockPool& pool_;
    std::unique_ptr<std::byte[]> block_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

} // namespace cang::http
