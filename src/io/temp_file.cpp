#include "io/temp_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace cang::io {

namespace {

constexpr std::string_view kAction = "storing temporary bytes";

} // namespace

FileDescriptor create_temp_file(const std::filesystem::path& directory) {
    FileDescriptor unnamed(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (unnamed)
        return unnamed;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
        throw disk_error(errno, kAction);
    std::string pattern = (directory / "temporary-XXXXXX").string();
    FileDescriptor named(::mkostemp(pattern.data(), O_CLOEXEC));
    if (!named)
        throw disk_error(errno, kAction);
    ::unlink(pattern.c_str());
    return named;
}

Spool::Spool(SharedFile file, async::BlockingPool& pool)
    : file_(std::move(file)), pool_(pool), writer_(file_, pool, 0, std::string(kAction)) {}

awaitable<std::unique_ptr<Spool>> Spool::create(std::filesystem::path directory, async::BlockingPool& pool) {
    auto work = [directory = std::move(directory)] {
        return std::make_shared<const FileDescriptor>(create_temp_file(directory));
    };
    auto file = co_await async::run_blocking(pool, std::move(work));
    co_return std::unique_ptr<Spool>(new Spool(std::move(file), pool));
}

awaitable<void> Spool::write(ByteView bytes) { co_await writer_.write(bytes); }

awaitable<void> Spool::finish() { co_await writer_.finish(); }

ReaderPtr Spool::open(std::uint64_t offset, std::uint64_t length) const {
    return file_reader(file_, offset, length, pool_, "reading temporary bytes");
}

} // namespace cang::io
