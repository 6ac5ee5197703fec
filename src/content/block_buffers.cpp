#include "content/block_buffers.hpp"

#include <new>
#include <sys/mman.h>

namespace cang::content {

// mmap, not malloc: memory of a freed block goes back to the system at once.
Block::Block(std::size_t size)
    : data_(static_cast<std::byte*>(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))),
      size_(size) {
    if (data_ == MAP_FAILED)
        throw std::bad_alloc();
}

Block::~Block() { ::munmap(data_, size_); }

struct BlockBuffers::State {
    std::mutex mutex;
    std::vector<std::unique_ptr<Block>> idle;
    std::size_t out = 0;
    std::size_t most_large;
    std::size_t keep_idle;

    void give_back(std::unique_ptr<Block> block) {
        std::lock_guard lock(mutex);
        --out;
        if (idle.size() < keep_idle)
            idle.push_back(std::move(block));
    }
};

BlockBuffers::BlockBuffers(std::size_t most_large, std::size_t keep_idle) : state_(std::make_shared<State>()) {
    state_->most_large = most_large;
    state_->keep_idle = keep_idle;
}

std::shared_ptr<Block> BlockBuffers::acquire() {
    std::unique_ptr<Block> block;
    {
        std::lock_guard lock(state_->mutex);
        if (state_->out >= state_->most_large)
            return std::make_shared<Block>(kSmall);
        ++state_->out;
        if (!state_->idle.empty()) {
            block = std::move(state_->idle.back());
            state_->idle.pop_back();
        }
    }
    if (!block)
        block = std::make_unique<Block>(kLarge);
    auto return_to_pool = [state = state_](Block* returned) { state->give_back(std::unique_ptr<Block>(returned)); };
    return std::shared_ptr<Block>(block.release(), std::move(return_to_pool));
}

} // namespace cang::content
