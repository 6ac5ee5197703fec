// Tar archives: the stream and the index agree, stay inside the archive, and never give a name with a way out as safe.
#include "io/tar_reader.hpp"
#include "require.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <sys/mman.h>
#include <unistd.h>

using namespace cang;

namespace {

constexpr io::TarLimits kLimits{.max_entries = 1000, .max_names = 64 * KiB, .max_extension = 64 * KiB};

awaitable<std::vector<io::TarEntry>> read_stream(std::string bytes) {
    auto stream = io::memory_reader(std::move(bytes));
    io::TarReader reader(*stream, kLimits);
    std::vector<io::TarEntry> entries;
    while (true) {
        auto entry = co_await reader.next();
        if (!entry)
            break;
        auto data = io::tar_entry_reader(reader);
        auto length = co_await io::drain(*data);
        fuzz::require(length == entry->size, "an entry's data is as long as its size");
        entries.push_back(std::move(*entry));
    }
    co_return entries;
}

std::optional<std::vector<io::TarEntry>> stream_entries(std::string bytes) {
    asio::io_context context(1);
    std::optional<std::vector<io::TarEntry>> result;
    asio::co_spawn(context, read_stream(std::move(bytes)),
                   [&](std::exception_ptr failure, std::vector<io::TarEntry> entries) {
                       if (!failure)
                           result = std::move(entries);
                   });
    context.run();
    return result;
}

std::optional<std::vector<io::TarEntry>> index_entries(ByteView bytes) {
    io::FileDescriptor file(::memfd_create("fuzz", MFD_CLOEXEC));
    io::write_at(file, bytes, 0, "preparing");
    try {
        return io::TarIndex::read_blocking(file, kLimits).entries();
    } catch (const Error& error) {
        fuzz::require(error.kind() == ErrorKind::corrupt, "what is not tar is corrupt");
        return std::nullopt;
    }
}

void require_safe(const io::TarEntry& entry) {
    auto safe = io::safe_entry_name(entry.name);
    if (!safe)
        return;
    fuzz::require(!safe->empty() && !safe->starts_with('/') && !safe->ends_with('/'), "safe names are relative");
    fuzz::require(("/" + *safe + "/").find("/../") == std::string::npos, "safe names stay below");
    fuzz::require(io::safe_entry_name(*safe) == *safe, "safe names are stable");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size > 1 * MiB)
        return 0;
    std::string text(reinterpret_cast<const char*>(bytes), size);
    auto indexed = index_entries(as_bytes(text));
    auto streamed = stream_entries(text);
    // The stream needs the padding after the last entry, which the index does without.
    fuzz::require(!streamed || indexed, "what streams can be indexed");
    if (!streamed)
        return 0;
    fuzz::require(streamed->size() == indexed->size(), "stream and index agree");
    for (std::size_t i = 0; i < streamed->size(); ++i) {
        const auto& entry = (*indexed)[i];
        fuzz::require(entry.name == (*streamed)[i].name && entry.data_offset == (*streamed)[i].data_offset,
                      "stream and index agree");
        fuzz::require(entry.data_offset + entry.size <= size, "data lies within the archive");
        require_safe(entry);
    }
    return 0;
}
