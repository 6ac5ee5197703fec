#include "io/direct_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace cang::io {

namespace {

// Below this the page cache is faster than a wait for the disk.
constexpr std::size_t kSmallestDirect = 256 * KiB;

// A second description of the same file, so that the flag touches nobody else's reads and writes.
FileDescriptor reopen_direct(const FileDescriptor& file) {
    const auto path = fmt::format("/proc/self/fd/{}", file.get());
    return FileDescriptor(::open(path.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC));
}

} // namespace

DirectFile::DirectFile(SharedFile file)
    : file_(std::move(file)), direct_(reopen_direct(*file_)), supported_(static_cast<bool>(direct_)) {}

void DirectFile::write(ByteView bytes, std::uint64_t offset, std::string_view action) {
    const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
    const bool aligned = offset % kPageBytes == 0 && address % kPageBytes == 0;
    if (supported_ && aligned && bytes.size() >= kSmallestDirect) {
        const auto done = write_pages(bytes.first(bytes.size() / kPageBytes * kPageBytes), offset, action);
        bytes = bytes.subspan(done);
        offset += done;
    }
    write_at(*file_, bytes, offset, action);
}

// Length written, which is less than asked for where direct writes turn out not to work.
std::size_t DirectFile::write_pages(ByteView pages, std::uint64_t offset, std::string_view action) {
    const auto length = ::pwrite(direct_.get(), pages.data(), pages.size(), static_cast<off_t>(offset));
    if (length >= 0)
        return static_cast<std::size_t>(length);
    if (errno == EINVAL)
        supported_ = false;
    else if (errno != EINTR)
        throw disk_error(errno, action);
    return 0;
}

} // namespace cang::io
