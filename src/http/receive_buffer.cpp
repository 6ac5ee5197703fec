#include "http/receive_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace cang::http {

std::unique_ptr<std::byte[]> BlockPool::take() {
    if (spare_.empty())
        return std::make_unique_for_overwrite<std::byte[]>(kBlockBytes);
    auto block = std::move(spare_.back());
    spare_.pop_back();
    return block;
}

void BlockPool::give(std::unique_ptr<std::byte[]> block) {
    if (spare_.size() < kMaxSpare)
        spare_.push_back(std::move(block));
}

void ReceiveBuffer::consume(std::size_t bytes) noexcept {
    begin_ += bytes;
    if (begin_ == end_)
        begin_ = end_ = 0;
}

MutableBytes ReceiveBuffer::prepare() {
    if (!block_) {
        block_ = pool_.take();
        capacity_ = BlockPool::kBlockBytes;
    }
    if (end_ == capacity_ && begin_ > 0) {
        std::memmove(block_.get(), block_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == capacity_) {
        auto larger = std::make_unique_for_overwrite<std::byte[]>(capacity_ * 2);
        std::memcpy(larger.get(), block_.get(), end_);
        if (capacity_ == BlockPool::kBlockBytes)
            pool_.give(std::move(block_));
        block_ = std::move(larger);
        capacity_ *= 2;
    }
    return {block_.get() + end_, capacity_ - end_};
}

std::size_t ReceiveBuffer::copy_out(MutableBytes target) noexcept {
    auto count = std::min(target.size(), end_ - begin_);
    if (count > 0)
        std::memcpy(target.data(), block_.get() + begin_, count);
    consume(count);
    return count;
}

void ReceiveBuffer::clear() noexcept {
    if (capacity_ == BlockPool::kBlockBytes)
        pool_.give(std::move(block_));
    block_.reset();
    capacity_ = begin_ = end_ = 0;
}

} // namespace cang::http
