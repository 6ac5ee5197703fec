// Archives read: as a stream, or as an index over a seekable file.
//
// Neither judges names or links: whoever writes files from entries asks safe_entry_name() and refuses links.
#pragma once

#include "io/file_stream.hpp"
#include "io/tar.hpp"

#include <unordered_map>
#include <vector>

namespace cang::io {

// Entries one after the other. Throws Error{corrupt} "the archive is damaged: …" for what is not tar.
class TarReader {
public:
    // `inner` is not owned and outlives the reader. Buffered: it may be read beyond the archive's end.
    explicit TarReader(Reader& inner, TarLimits limits = {});
    // The next entry, or nullopt at the end; what is left of the last entry's data is skipped.
    awaitable<std::optional<TarEntry>> next();
    // Data of the current entry; 0 at its end.
    awaitable<std::size_t> read(MutableBytes buffer);

private:
    awaitable<bool> fill(MutableBytes block); // false at a clean end of the stream
    awaitable<std::size_t> read_some(MutableBytes buffer);
    awaitable<void> skip(std::uint64_t bytes);

    Reader& inner_;
    TarParser parser_;
    std::unique_ptr<std::byte[]> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t offset_ = 0; // of the next byte
    std::uint64_t data_left_ = 0;
    std::uint64_t padding_ = 0;
    bool ended_ = false;
};

// A Reader over the data of `archive`'s current entry; valid until next().
ReaderPtr tar_entry_reader(TarReader& archive);

// All entries of a file, in order, with the place of their data. Reads headers only.
class TarIndex {
public:
    static awaitable<TarIndex> read(SharedFile file, async::BlockingPool& pool, TarLimits limits = {});
    // Blocks.
    static TarIndex read_blocking(const FileDescriptor& file, TarLimits limits = {});

    const std::vector<TarEntry>& entries() const noexcept { return entries_; }
    // By safe name ("./a" is "a"); the last of several, as tar extracts. nullptr when absent.
    const TarEntry* find(std::string_view name) const;

private:
    std::vector<TarEntry> entries_;
    std::unordered_map<std::string, std::size_t> by_name_;
};

} // namespace cang::io
