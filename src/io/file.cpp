#include "io/file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cang::io {

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
        reset();
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

FileDescriptor::~FileDescriptor() { reset(); }

void FileDescriptor::reset() noexcept {
    if (fd_ >= 0)
        ::close(std::exchange(fd_, -1));
}

Error disk_error(int errno_value, std::string_view action) {
    switch (errno_value) {
    case ENOSPC:
    case EDQUOT: return Error(ErrorKind::unavailable, fmt::format("{}: the disk is full", action));
    case EIO: return Error(ErrorKind::unavailable, fmt::format("{}: the disk fails (input/output error)", action));
    default: return system_error(errno_value, action);
    }
}

FileDescriptor open_file(const std::filesystem::path& path, int flags, std::string_view action, unsigned mode) {
    FileDescriptor file(::open(path.c_str(), flags | O_CLOEXEC, mode));
    if (!file)
        throw disk_error(errno, action);
    return file;
}

std::optional<FileDescriptor> find_file(const std::filesystem::path& path, int flags, std::string_view action) {
    FileDescriptor file(::open(path.c_str(), flags | O_CLOEXEC));
    if (!file && errno == ENOENT)
        return std::nullopt;
    if (!file)
        throw disk_error(errno, action);
    return file;
}

SharedFile open_shared(const std::filesystem::path& path, std::string_view action) {
    return std::make_shared<const FileDescriptor>(open_file(path, O_RDONLY, action));
}

FileDescriptor duplicate(const FileDescriptor& file) {
    FileDescriptor copy(::fcntl(file.get(), F_DUPFD_CLOEXEC, 0));
    if (!copy)
        throw disk_error(errno, "duplicating a file descriptor");
    return copy;
}

std::size_t read_at(const FileDescriptor& file, MutableBytes buffer, std::uint64_t offset, std::string_view action) {
    std::size_t done = 0;
    while (done < buffer.size()) {
        auto length =
            ::pread(file.get(), buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            throw disk_error(errno, action);
        if (length == 0)
            break;
        done += static_cast<std::size_t>(length);
    }
    return done;
}

void write_at(const FileDescriptor& file, ByteView bytes, std::uint64_t offset, std::string_view action) {
    while (!bytes.empty()) {
        auto length = ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            throw disk_error(length == 0 ? ENOSPC : errno, action);
        bytes = bytes.subspan(static_cast<std::size_t>(length));
        offset += static_cast<std::uint64_t>(length);
    }
}

void truncate_file(const FileDescriptor& file, std::uint64_t size, std::string_view action) {
    if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0)
        throw disk_error(errno, action);
}

void sync_file(const FileDescriptor& file, std::string_view action) {
    // The size counts as data here: fdatasync leaves out only what reading the file back does not need.
    if (::fdatasync(file.get()) != 0)
        throw disk_error(errno, action);
}

void sync_directory(const std::filesystem::path& directory, std::string_view action) {
    auto opened = open_file(directory, O_RDONLY | O_DIRECTORY, action);
    if (::fsync(opened.get()) != 0)
        throw disk_error(errno, action);
}

void sync_filesystem(const std::filesystem::path& directory, std::string_view action) {
    auto opened = open_file(directory, O_RDONLY | O_DIRECTORY, action);
    if (::syncfs(opened.get()) != 0)
        throw disk_error(errno, action);
}

std::uint64_t file_size(const FileDescriptor& file, std::string_view action) {
    struct stat status{};
    if (::fstat(file.get(), &status) != 0)
        throw disk_error(errno, action);
    return static_cast<std::uint64_t>(status.st_size);
}

void rename_file(const std::filesystem::path& from, const std::filesystem::path& to, std::string_view action) {
    if (::rename(from.c_str(), to.c_str()) != 0)
        throw disk_error(errno, action);
}

void create_directories(const std::filesystem::path& directory, std::string_view action) {
    std::error_code failure;
    std::filesystem::create_directories(directory, failure);
    if (failure)
        throw disk_error(failure.value(), action);
}

bool remove_file(const std::filesystem::path& path, std::string_view action) {
    if (::unlink(path.c_str()) == 0)
        return true;
    if (errno != ENOENT)
        throw disk_error(errno, action);
    return false;
}

std::optional<std::string> find_file_text(const std::filesystem::path& path, std::size_t limit,
                                          std::string_view action) {
    auto file = find_file(path, O_RDONLY, action);
    if (!file)
        return std::nullopt;
    auto size = file_size(*file, action);
    if (size > limit)
        throw Error(ErrorKind::invalid_argument, fmt::format("{}: the file is larger than {} bytes", action, limit));
    std::string text(static_cast<std::size_t>(size), '\0');
    text.resize(read_at(*file, std::as_writable_bytes(std::span(text)), 0, action));
    return text;
}

void atomic_write_file(const std::filesystem::path& path, ByteView bytes, std::string_view action, unsigned mode) {
    auto temporary = path;
    temporary += ".tmp-" + random_hex(4);
    try {
        auto file = open_file(temporary, O_WRONLY | O_CREAT | O_EXCL, action, mode);
        write_at(file, bytes, 0, action);
        sync_file(file, action);
        rename_file(temporary, path, action);
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
    sync_directory(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."), action);
}

} // namespace cang::io
