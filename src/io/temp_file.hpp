// Bytes too many for memory and needed only for a while.
#pragma once

#include "io/file_stream.hpp"

namespace cang::io {

// A file without a name, gone with its last descriptor, also after a crash (O_TMPFILE; on filesystems without it, a
// file that is unlinked at once). Blocks. `directory` exists.
FileDescriptor create_temp_file(const std::filesystem::path& directory);

// Write everything, then read it as often as needed.
class Spool final : public Writer {
public:
    static awaitable<std::unique_ptr<Spool>> create(std::filesystem::path directory, async::BlockingPool& pool);
    awaitable<void> write(ByteView bytes) override;
    awaitable<void> finish(); // before the first open()
    std::uint64_t size() const noexcept { return writer_.offset(); }
    ReaderPtr open(std::uint64_t offset = 0, std::uint64_t length = UINT64_MAX) const;
    const SharedFile& file() const noexcept { return file_; }

private:
    Spool(SharedFile file, async::BlockingPool& pool);

    SharedFile file_;
    async::BlockingPool& pool_;
    FileWriter writer_;
};

} // namespace cang::io
