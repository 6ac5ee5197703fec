// Files as streams: disk access on the blocking pool, one block ahead of who reads, one block behind who writes.
#pragma once

#include "async/blocking_job.hpp"
#include "io/file.hpp"
#include "io/reader.hpp"

namespace cang::io {

// `length` bytes from `offset`, or up to the end of the file. The pool must outlive the reader.
ReaderPtr file_reader(SharedFile file, std::uint64_t offset, std::uint64_t length, async::BlockingPool& pool,
                      std::string_view action = "reading the file");

// Appends to a file from `offset` on. finish() must be awaited, or the last block may be missing.
class FileWriter final : public Writer {
public:
    FileWriter(SharedFile file, async::BlockingPool& pool, std::uint64_t offset = 0,
               std::string action = "writing the file");
    awaitable<void> write(ByteView bytes) override;
    awaitable<void> finish(bool sync = false); // flushes; with `sync` the bytes are on the disk afterwards
    std::uint64_t offset() const noexcept { return offset_ + used_; }

private:
    awaitable<void> flush();

    SharedFile file_;
    async::BlockingPool& pool_;
    std::uint64_t offset_; // of the first byte in the buffer
    std::string action_;
    std::unique_ptr<std::byte[]> buffer_;
    std::unique_ptr<std::byte[]> spare_;
    std::size_t used_ = 0;
    async::BlockingJob<std::unique_ptr<std::byte[]>> behind_; // the block before, being written
};

} // namespace cang::io
