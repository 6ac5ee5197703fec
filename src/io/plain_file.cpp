#include "io/plain_file.hpp"

#include "io/temp_file.hpp"

#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace cang::io {

namespace {

struct Opened {
    SharedFile file;
    Compression compression = Compression::none;
};

Opened open_and_sniff(const std::filesystem::path& path, std::string_view action) {
    // O_NONBLOCK: a FIFO must not hang the open.
    auto file = std::make_shared<const FileDescriptor>(open_file(path, O_RDONLY | O_NONBLOCK, action));
    struct stat status{};
    if (::fstat(file->get(), &status) != 0)
        throw system_error(errno, action);
    if (!S_ISREG(status.st_mode))
        throw Error(ErrorKind::invalid_argument, fmt::format("{}: not a regular file", action));
    std::array<std::byte, kMagicBytes> magic{};
    const auto length = read_at(*file, magic, 0, action);
    Opened opened;
    opened.compression = detect_compression(std::span(magic).first(length));
    opened.file = std::move(file);
    return opened;
}

} // namespace

awaitable<SharedFile> open_plain(std::filesystem::path path, std::filesystem::path spool_directory,
                                 async::BlockingPool& pool, InflateLimits limits, std::string_view action) {
    const std::string what(action);
    auto open = [path, what] { return open_and_sniff(path, what); };
    const auto opened = co_await async::run_blocking(pool, std::move(open));
    if (opened.compression == Compression::none)
        co_return opened.file;
    if (spool_directory.empty())
        spool_directory = std::filesystem::temp_directory_path();
    auto spool = co_await Spool::create(std::move(spool_directory), pool);
    auto compressed = file_reader(opened.file, 0, UINT64_MAX, pool, what);
    auto plain = decompressing_reader(std::move(compressed), opened.compression, pool, limits);
    co_await transfer(*plain, *spool, 1 * MiB);
    co_await spool->finish();
    co_return spool->file();
}

} // namespace cang::io
