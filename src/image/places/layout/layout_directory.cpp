#include "image/places/layout/layout_directory.hpp"

#include "image/places/layout/layout_index.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace cang::layout {

namespace {

constexpr std::string_view kAction = "using the image layout";
constexpr std::string_view kLayoutFile = "oci-layout";
constexpr std::size_t kLargestLayoutFile = 64 * KiB;
// Held for one small read and one small write; a writer that takes longer is stuck.
constexpr std::chrono::seconds kLongestLock{30};
constexpr std::chrono::milliseconds kLockPause{5};
// O_NONBLOCK: opening a FIFO must not hang. O_NOFOLLOW: see the header.
constexpr int kReadFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

[[noreturn]] void throw_link(std::string_view name) {
    throw Error(ErrorKind::corrupt, fmt::format("the layout's {} is a link, which is not followed", name));
}

std::optional<io::FileDescriptor> find_directory(int parent, const std::string& name) {
    const int fd = ::openat(parent, name.c_str(), kDirectoryFlags);
    if (fd >= 0)
        return io::FileDescriptor(fd);
    if (errno == ENOENT)
        return std::nullopt;
    if (errno == ELOOP || errno == ENOTDIR)
        throw Error(ErrorKind::corrupt, fmt::format("the layout's {} is not a directory", name));
    throw io::disk_error(errno, kAction);
}

std::optional<io::FileDescriptor> find_regular(int parent, const std::string& name) {
    const int fd = ::openat(parent, name.c_str(), kReadFlags);
    if (fd < 0 && errno == ENOENT)
        return std::nullopt;
    if (fd < 0 && errno == ELOOP)
        throw_link(name);
    if (fd < 0 && errno != ENXIO) // ENXIO: a socket
        throw io::disk_error(errno, kAction);
    io::FileDescriptor file(fd);
    struct stat status{};
    if (fd < 0 || ::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        throw Error(ErrorKind::corrupt, fmt::format("the layout's {} is not a regular file", name));
    return file;
}

bool holds_nothing(const std::filesystem::path& path) {
    std::error_code failure;
    const bool empty = std::filesystem::is_empty(path, failure);
    if (failure)
        throw io::disk_error(failure.value(), kAction);
    return empty;
}

io::FileDescriptor ensure_directory(int parent, const std::string& name) {
    if (::mkdirat(parent, name.c_str(), 0755) != 0 && errno != EEXIST)
        throw io::disk_error(errno, kAction);
    auto directory = find_directory(parent, name);
    if (!directory)
        throw io::disk_error(ENOENT, kAction);
    return std::move(*directory);
}

} // namespace

std::optional<LayoutDirectory> LayoutDirectory::find(const std::filesystem::path& path) {
    // The path itself is the user's own and may be a link.
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return std::nullopt;
    if (fd < 0 && errno == ENOTDIR)
        throw Error(ErrorKind::invalid_argument, "an image layout is a directory, this is a file");
    if (fd < 0)
        throw io::disk_error(errno, kAction);
    LayoutDirectory directory{io::FileDescriptor(fd)};
    const auto marker = directory.find_text(std::string(kLayoutFile), kLargestLayoutFile);
    if (!marker)
        return std::nullopt;
    if (const auto wrong = check_layout_file(*marker))
        throw Error(ErrorKind::invalid_argument, fmt::format("the oci-layout file is not valid: {}", wrong->reason));
    return directory;
}

LayoutDirectory LayoutDirectory::open(const std::filesystem::path& path) {
    auto directory = find(path);
    if (directory)
        return std::move(*directory);
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        throw Error(ErrorKind::not_found, "there is no such image layout");
    throw Error(ErrorKind::invalid_argument, "this is not an image layout: it has no oci-layout file");
}

LayoutDirectory LayoutDirectory::ensure(const std::filesystem::path& path) {
    io::create_directories(path, kAction);
    if (auto existing = find(path))
        return std::move(*existing);
    LayoutDirectory fresh(io::open_file(path, O_RDONLY | O_DIRECTORY, kAction));
    const auto guard = fresh.lock();
    // Another writer may have made it a layout while we waited.
    if (auto existing = find(path))
        return std::move(*existing);
    if (!holds_nothing(path))
        throw Error(ErrorKind::invalid_argument, "the directory is not empty and not an image layout");
    fresh.replace_text(std::string(kLayoutFile), layout_file_bytes());
    return fresh;
}

std::optional<io::FileDescriptor> LayoutDirectory::find_file(const std::string& name) const {
    return find_regular(root_.get(), name);
}

std::optional<std::string> LayoutDirectory::find_text(const std::string& name, std::size_t limit) const {
    const auto file = find_file(name);
    if (!file)
        return std::nullopt;
    const auto size = io::file_size(*file, kAction);
    if (size > limit)
        throw Error(ErrorKind::invalid_argument, fmt::format("the layout's {} is larger than {} bytes", name, limit));
    std::string text(size, '\0');
    text.resize(io::read_at(*file, std::as_writable_bytes(std::span(text)), 0, kAction));
    return text;
}

void LayoutDirectory::replace_text(const std::string& name, std::string_view bytes) const {
    const auto temporary = fmt::format(".{}.{}", name, random_hex(8));
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const io::FileDescriptor file(::openat(root_.get(), temporary.c_str(), flags, 0644));
    if (!file)
        throw io::disk_error(errno, kAction);
    try {
        io::write_at(file, as_bytes(bytes), 0, kAction);
        io::sync_file(file, kAction);
        if (::renameat(root_.get(), temporary.c_str(), root_.get(), name.c_str()) != 0)
            throw io::disk_error(errno, kAction);
    } catch (...) {
        ::unlinkat(root_.get(), temporary.c_str(), 0);
        throw;
    }
    io::sync_file(root_, kAction);
}

std::optional<io::FileDescriptor> LayoutDirectory::find_blob(const oci::Digest& digest) const {
    const auto blobs = find_directory(root_.get(), "blobs");
    if (!blobs)
        return std::nullopt;
    const auto algorithm = find_directory(blobs->get(), std::string(oci::to_string(digest.algorithm())));
    if (!algorithm)
        return std::nullopt;
    return find_regular(algorithm->get(), digest.hex());
}

io::FileDescriptor LayoutDirectory::ensure_blob_directory(oci::DigestAlgorithm algorithm) const {
    const auto blobs = ensure_directory(root_.get(), "blobs");
    return ensure_directory(blobs.get(), std::string(oci::to_string(algorithm)));
}

io::FileDescriptor LayoutDirectory::lock() const {
    // A descriptor of its own: locks belong to the open file, and ours must not be another coroutine's.
    io::FileDescriptor guard(::openat(root_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!guard)
        throw io::disk_error(errno, kAction);
    const auto deadline = std::chrono::steady_clock::now() + kLongestLock;
    while (::flock(guard.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            throw io::disk_error(errno, kAction);
        if (std::chrono::steady_clock::now() > deadline)
            throw Error(ErrorKind::unavailable, "another program holds the image layout");
        std::this_thread::sleep_for(kLockPause);
    }
    return guard;
}

} // namespace cang::layout
