#include "image/places/warehouse/data_directory.hpp"

#include "base/error.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace cang::warehouse {

namespace {

constexpr int format_version = 1;

class Descriptor {
public:
    Descriptor(const std::filesystem::path& path, int flags, std::string_view action)
        : value_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        if (value_ < 0 && !(errno == ENOENT && !(flags & O_CREAT)))
            throw system_error(errno, action);
    }
    ~Descriptor() {
        if (value_ >= 0)
            ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const noexcept { return value_; }
    int release() noexcept { return std::exchange(value_, -1); }

private:
    int value_;
};

// A decimal number at the start of the file; 0 when there is none.
int read_number(int descriptor) {
    std::array<char, 32> buffer{};
    ssize_t length = ::pread(descriptor, buffer.data(), buffer.size(), 0);
    int number = 0;
    if (length > 0)
        std::from_chars(buffer.data(), buffer.data() + length, number);
    return number;
}

void write_number(int descriptor, int number, std::string_view action) {
    std::string text = std::to_string(number) + "\n";
    if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, text.data(), text.size(), 0) < 0)
        throw system_error(errno, action);
}

// False when there is none.
bool has_known_format(const std::filesystem::path& directory) {
    Descriptor existing(directory / "format", O_RDONLY, "reading the format of the data directory");
    if (existing.get() < 0)
        return false;
    int found = read_number(existing.get());
    if (found != format_version)
        throw Error(ErrorKind::unsupported, fmt::format("the data directory {} has format {}; this version of cang "
                                                        "knows format {}",
                                                        directory.string(), found, format_version));
    return true;
}

// Written through a rename, so that a crash leaves no empty format file behind.
void ensure_format(const std::filesystem::path& directory) {
    if (has_known_format(directory))
        return;
    Descriptor fresh(directory / "format.new", O_RDWR | O_CREAT, "creating the data directory");
    write_number(fresh.get(), format_version, "creating the data directory");
    if (::fdatasync(fresh.get()) != 0)
        throw system_error(errno, "creating the data directory");
    std::filesystem::rename(directory / "format.new", directory / "format");
}

} // namespace

DataDirectory::DataDirectory(std::filesystem::path path) : path_(std::move(path)) {
    std::error_code failure;
    std::filesystem::create_directories(path_, failure);
    if (failure)
        throw system_error(failure.value(), "creating the data directory");
    Descriptor lock(path_ / "lock", O_RDWR | O_CREAT, "locking the data directory");
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            throw system_error(errno, "locking the data directory");
        throw Error(ErrorKind::conflict, fmt::format("the data directory {} is in use by process {}", path_.string(),
                                                     read_number(lock.get())));
    }
    write_number(lock.get(), ::getpid(), "locking the data directory");
    if (std::filesystem::exists(restoring()))
        throw Error(ErrorKind::conflict, fmt::format("the restore into {} did not end\n"
                                                     "remove the directory and restore again",
                                                     path_.string()));
    ensure_format(path_);
    lock_ = lock.release();
}

void DataDirectory::require(const std::filesystem::path& path) {
    if (!std::filesystem::is_directory(path) || !has_known_format(path))
        throw Error(ErrorKind::not_found, fmt::format("{} is no data directory of cang", path.string()));
    if (!std::filesystem::exists(path / "cang.db"))
        throw Error(
            ErrorKind::unsupported,
            fmt::format("the data directory {} has no cang.db: back up PostgreSQL with its own tools", path.string()));
}

DataDirectory::~DataDirectory() { ::close(lock_); }

} // namespace cang::warehouse
