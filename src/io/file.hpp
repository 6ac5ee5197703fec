// Files as values: an owning descriptor and the few blocking calls the house makes on it.
//
// Everything here blocks: call it from a job of the BlockingPool. `action` says to a user what was being done
// ("storing the upload"); failures throw disk_error(errno, action).
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace cang::io {

class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
    FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;
    ~FileDescriptor();

    int get() const noexcept { return fd_; }
    int release() noexcept { return std::exchange(fd_, -1); } // the caller closes it
    void reset() noexcept;                                    // closes
    explicit operator bool() const noexcept { return fd_ >= 0; }

private:
    int fd_ = -1;
};

// Several readers of one open file.
using SharedFile = std::shared_ptr<const FileDescriptor>;

// system_error, but a full disk (also: no inodes, no quota) and an input/output error are Error{unavailable} and say
// so.
Error disk_error(int errno_value, std::string_view action);

// open(2) with O_CLOEXEC.
FileDescriptor open_file(const std::filesystem::path& path, int flags, std::string_view action, unsigned mode = 0644);
// Nothing when there is no such file.
std::optional<FileDescriptor> find_file(const std::filesystem::path& path, int flags, std::string_view action);
SharedFile open_shared(const std::filesystem::path& path, std::string_view action);
FileDescriptor duplicate(const FileDescriptor& file);

// Reads until `buffer` is full or the file ends; returns the length.
std::size_t read_at(const FileDescriptor& file, MutableBytes buffer, std::uint64_t offset, std::string_view action);
void write_at(const FileDescriptor& file, ByteView bytes, std::uint64_t offset, std::string_view action);
void truncate_file(const FileDescriptor& file, std::uint64_t size, std::string_view action);
void sync_file(const FileDescriptor& file, std::string_view action); // data and metadata are on the disk afterwards
void sync_directory(const std::filesystem::path& directory, std::string_view action);
// Everything on the filesystem of the directory, also what others wrote; much cheaper than a sync for each of many
// files.
void sync_filesystem(const std::filesystem::path& directory, std::string_view action);
std::uint64_t file_size(const FileDescriptor& file, std::string_view action);
void rename_file(const std::filesystem::path& from, const std::filesystem::path& to, std::string_view action);
void create_directories(const std::filesystem::path& directory, std::string_view action);
bool remove_file(const std::filesystem::path& path, std::string_view action); // false when there was none

// The whole file; nullopt when there is none. Throws Error{invalid_argument} beyond `limit` bytes.
std::optional<std::string> find_file_text(const std::filesystem::path& path, std::size_t limit,
                                          std::string_view action);

// Replaces the file at once and for good: temporary file beside it, sync, rename, sync of the directory.
void atomic_write_file(const std::filesystem::path& path, ByteView bytes, std::string_view action,
                       unsigned mode = 0644);

} // namespace cang::io
