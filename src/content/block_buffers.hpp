// Page-aligned blocks that uploads fill and the disk takes without a copy (O_DIRECT).
//
// A bounded number of full-size blocks serves uploads at speed; who comes when all are out gets a small block at once
// instead of waiting, so thousands of slow clients cost little memory and never starve each other.
#pragma once

#include "base/bytes.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace cang::content {

inline constexpr std::size_t kBlockAlignment = 4096;

class Block {
public:
    explicit Block(std::size_t size); // throws std::bad_alloc
    ~Block();
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    MutableBytes bytes() const noexcept { return {data_, size_}; }

private:
    std::byte* data_;
    std::size_t size_;
};

// Thread-safe; must outlive nothing: blocks that come back after its end are freed.
class BlockBuffers {
public:
    static constexpr std::size_t kLarge = 1 * MiB;
    static constexpr std::size_t kSmall = 64 * KiB;

    explicit BlockBuffers(std::size_t most_large = 32, std::size_t keep_idle = 4);
    std::shared_ptr<Block> acquire();

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace cang::content
