#include "io/file_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/uio.h>
#include <utility>
#include <vector>

namespace cang::io {

namespace {

constexpr std::size_t kBlock = 512 * KiB;
constexpr std::size_t kWriteBlock = 1 * MiB;

// Bytes that are in the page cache are copied in place: that takes less time than a hop to another thread. Only what
// has to come from the disk goes to the pool, one block ahead of the reader.
class FileReader final : public Reader {
public:
    FileReader(SharedFile file, std::uint64_t offset, std::uint64_t length, async::BlockingPool& pool,
               std::string_view action)
        : file_(std::move(file)), offset_(offset), left_(length), pool_(pool), action_(action) {}

    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (left_ == 0)
            co_return 0;
        if (begin_ == block_.size() && !ahead_) {
            auto cached = read_cached(buffer);
            if (cached >= 0)
                co_return static_cast<std::size_t>(cached);
            fetch_ahead(offset_, left_);
        }
        if (begin_ == block_.size()) {
            co_await take_block();
            if (block_.empty())
                co_return advance(0);
        }
        auto length = std::min(buffer.size(), block_.size() - begin_);
        std::memcpy(buffer.data(), block_.data() + begin_, length);
        begin_ += length;
        co_return advance(length);
    }

private:
    // Length read, or -1 when the disk is needed.
    ssize_t read_cached(MutableBytes buffer) {
        auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>({buffer.size(), left_, kBlock}));
        iovec target{buffer.data(), wanted};
        auto length = ::preadv2(file_->get(), &target, 1, static_cast<off_t>(offset_), RWF_NOWAIT);
        if (length < 0)
            return -1;
        return static_cast<ssize_t>(advance(static_cast<std::size_t>(length)));
    }

    // The end of the file ends the stream whatever length was asked for.
    std::size_t advance(std::size_t length) {
        offset_ += length;
        left_ = length == 0 ? 0 : left_ - length;
        return length;
    }

    void fetch_ahead(std::uint64_t offset, std::uint64_t left) {
        auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, kBlock));
        if (wanted == 0)
            return;
        auto work = [file = file_, offset, wanted, action = action_, block = std::move(spare_)]() mutable {
            block.resize(wanted);
            block.resize(read_at(*file, block, offset, action));
            return std::move(block);
        };
        ahead_ = async::BlockingJob<std::vector<std::byte>>::start(pool_, std::move(work));
    }

    awaitable<void> take_block() {
        if (!ahead_)
            fetch_ahead(offset_, left_);
        spare_ = std::move(block_);
        block_ = co_await ahead_.wait();
        begin_ = 0;
        if (block_.size() == kBlock)
            fetch_ahead(offset_ + kBlock, left_ - kBlock);
    }

    SharedFile file_;
    std::uint64_t offset_; // of the next byte for the reader
    std::uint64_t left_;
    async::BlockingPool& pool_;
    std::string action_;
    std::vector<std::byte> block_;
    std::vector<std::byte> spare_;
    std::size_t begin_ = 0; // of what is left in block_
    async::BlockingJob<std::vector<std::byte>> ahead_;
};

} // namespace

ReaderPtr file_reader(SharedFile file, std::uint64_t offset, std::uint64_t length, async::BlockingPool& pool,
                      std::string_view action) {
    return std::make_unique<FileReader>(std::move(file), offset, length, pool, action);
}

FileWriter::FileWriter(SharedFile file, async::BlockingPool& pool, std::uint64_t offset, std::string action)
    : file_(std::move(file)), pool_(pool), offset_(offset), action_(std::move(action)) {}

awaitable<void> FileWriter::write(ByteView bytes) {
    while (!bytes.empty()) {
        if (!buffer_)
            buffer_ = std::make_unique_for_overwrite<std::byte[]>(kWriteBlock);
        auto length = std::min(bytes.size(), kWriteBlock - used_);
        std::memcpy(buffer_.get() + used_, bytes.data(), length);
        used_ += length;
        bytes = bytes.subspan(length);
        if (used_ == kWriteBlock)
            co_await flush();
    }
}

// One block behind: the previous block has been written when this one is handed over.
awaitable<void> FileWriter::flush() {
    if (behind_)
        spare_ = co_await behind_.wait();
    if (used_ == 0)
        co_return;
    auto work = [file = file_, offset = offset_, length = used_, action = action_,
                 block = std::move(buffer_)]() mutable {
        write_at(*file, ByteView(block.get(), length), offset, action);
        return std::move(block);
    };
    behind_ = async::BlockingJob<std::unique_ptr<std::byte[]>>::start(pool_, std::move(work));
    offset_ += std::exchange(used_, 0);
    buffer_ = std::move(spare_);
}

awaitable<void> FileWriter::finish(bool sync) {
    co_await flush();
    co_await flush();
    if (sync) {
        auto work = [file = file_, action = action_] { sync_file(*file, action); };
        co_await async::run_blocking(pool_, std::move(work));
    }
}

} // namespace cang::io
