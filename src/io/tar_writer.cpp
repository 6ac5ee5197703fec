#include "io/tar_writer.hpp"

#include <fmt/format.h>

namespace cang::io {

namespace {

constexpr std::size_t kBuffer = 256 * KiB;

} // namespace

awaitable<void> TarWriter::put(std::string bytes) {
    co_await target_.write(as_bytes(bytes));
    bytes_ += bytes.size();
}

awaitable<void> TarWriter::add_directory(std::string name) {
    TarEntry entry;
    entry.name = std::move(name);
    entry.type = TarType::directory;
    entry.mode = 0755;
    co_await put(tar_header(entry));
}

awaitable<void> TarWriter::add_symlink(std::string name, std::string link_target) {
    TarEntry entry;
    entry.name = std::move(name);
    entry.type = TarType::symlink;
    entry.mode = 0777;
    entry.link_target = std::move(link_target);
    co_await put(tar_header(entry));
}

awaitable<void> TarWriter::add_file(std::string name, std::string content) {
    TarEntry entry;
    entry.name = std::move(name);
    entry.size = content.size();
    auto bytes = tar_header(entry) + content;
    bytes.append(static_cast<std::size_t>(tar_padding(content.size())), '\0');
    co_await put(std::move(bytes));
}

awaitable<void> TarWriter::add_file(std::string name, std::uint64_t size, Reader& data) {
    TarEntry entry;
    entry.name = name;
    entry.size = size;
    co_await put(tar_header(entry));
    auto buffer = std::make_unique_for_overwrite<std::byte[]>(kBuffer);
    std::uint64_t copied = 0;
    while (true) {
        auto length = co_await data.read(MutableBytes(buffer.get(), kBuffer));
        copied += length;
        if (copied > size || (length == 0 && copied != size))
            throw Error(ErrorKind::corrupt, fmt::format("{} is not {} bytes long as announced", name, size));
        if (length == 0)
            break;
        co_await target_.write(ByteView(buffer.get(), length));
        bytes_ += length;
    }
    co_await put(std::string(static_cast<std::size_t>(tar_padding(size)), '\0'));
}

awaitable<void> TarWriter::finish() { co_await put(tar_end()); }

} // namespace cang::io
