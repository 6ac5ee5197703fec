#include "image/places/layout/oci_archive_source.hpp"

#include "io/plain_file.hpp"
#include "io/tar_reader.hpp"

#include <fmt/format.h>

namespace cang::layout {

namespace {

constexpr std::string_view kReading = "reading the OCI archive";
constexpr std::size_t kLargestLayoutFile = 64 * KiB;

class ArchiveFiles final : public LayoutFiles {
public:
    ArchiveFiles(io::SharedFile file, io::TarIndex index, async::BlockingPool& pool)
        : file_(std::move(file)), index_(std::move(index)), pool_(pool) {}

    awaitable<std::optional<std::string>> find_text(std::string name, std::size_t limit) override {
        const auto* entry = find_entry(name);
        if (entry == nullptr)
            co_return std::nullopt;
        if (entry->size > limit)
            throw Error(ErrorKind::invalid_argument,
                        fmt::format("the archive's {} is larger than {} bytes", name, limit));
        auto reader = open(*entry, 0);
        co_return co_await io::read_all(*reader, limit);
    }

    awaitable<std::optional<std::uint64_t>> find_blob(oci::Digest digest) override {
        const auto* entry = find_entry(blob_path(digest));
        co_return entry != nullptr ? std::optional(entry->size) : std::nullopt;
    }

    awaitable<io::ReaderPtr> open_blob(oci::Digest digest, std::uint64_t offset) override {
        const auto* entry = find_entry(blob_path(digest));
        if (entry == nullptr)
            throw Error(ErrorKind::not_found, fmt::format("the archive has no blob {}", digest.to_string()));
        co_return open(*entry, offset);
    }

    const io::TarEntry* find_entry(const std::string& name) const {
        const auto* entry = index_.find(name);
        if (entry != nullptr && entry->type != io::TarType::file)
            throw Error(ErrorKind::corrupt, fmt::format("the archive's {} is not a regular file", name));
        return entry;
    }

private:
    static std::string blob_path(const oci::Digest& digest) {
        return fmt::format("blobs/{}/{}", oci::to_string(digest.algorithm()), digest.hex());
    }

    io::ReaderPtr open(const io::TarEntry& entry, std::uint64_t offset) {
        const auto skipped = std::min(offset, entry.size);
        return io::file_reader(file_, entry.data_offset + skipped, entry.size - skipped, pool_, kReading);
    }

    io::SharedFile file_;
    io::TarIndex index_;
    async::BlockingPool& pool_;
};

} // namespace

awaitable<std::unique_ptr<LayoutSource>> open_oci_archive(std::filesystem::path path, async::BlockingPool& pool,
                                                          OciArchiveOptions options) {
    io::InflateLimits limits;
    limits.max_bytes = options.max_bytes;
    auto file = co_await io::open_plain(std::move(path), options.spool_directory, pool, limits, kReading);
    co_return co_await open_oci_archive(std::move(file), pool);
}

awaitable<std::unique_ptr<LayoutSource>> open_oci_archive(io::SharedFile file, async::BlockingPool& pool) {
    auto index = co_await io::TarIndex::read(file, pool);
    auto files = std::make_unique<ArchiveFiles>(std::move(file), std::move(index), pool);
    const auto marker = co_await files->find_text("oci-layout", kLargestLayoutFile);
    if (!marker)
        throw Error(ErrorKind::invalid_argument, "this is not an OCI archive: it has no oci-layout file");
    if (const auto wrong = check_layout_file(*marker))
        throw Error(ErrorKind::invalid_argument, fmt::format("the oci-layout file is not valid: {}", wrong->reason));
    // Unlike a directory, an archive is never on its way: without an index it is damaged.
    if (files->find_entry("index.json") == nullptr)
        throw Error(ErrorKind::corrupt, "the layout has no index.json");
    co_return std::make_unique<LayoutSource>(std::move(files));
}

} // namespace cang::layout
