// Large writes past the page cache: copying gigabytes through it costs several times the processor time of the write.
//
// Whole pages of a large enough write go straight to the disk when offset and memory lie on a page; the rest, and
// everything on a file system that cannot do it, takes the usual way. Both ways may mix in one file.
#pragma once

#include "io/file.hpp"

#include <atomic>

namespace cang::io {

inline constexpr std::size_t kPageBytes = 4096;

class DirectFile {
public:
    // The file is open for writing.
    explicit DirectFile(SharedFile file);

    // Blocks. Calls for different pages may run at the same time.
    void write(ByteView bytes, std::uint64_t offset, std::string_view action);
    const FileDescriptor& file() const noexcept { return *file_; }

private:
    std::size_t write_pages(ByteView pages, std::uint64_t offset, std::string_view action);

    SharedFile file_;
    FileDescriptor direct_;
    std::atomic<bool> supported_;
};

} // namespace cang::io
