#include "content/filesystem_store.hpp"

#include "content/filesystem_ingest.hpp"
#include "content/ingest_id.hpp"
#include "content/verify.hpp"
#include "io/file_stream.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cang::content {

namespace {

using oci::DigestAlgorithm;

constexpr std::string_view kReading = "reading the blob";
constexpr std::string_view kListing = "listing the store";

// Looking a name up takes microseconds, a hop to the pool ten times that: names are looked up in place.
std::optional<struct stat> find_status(const std::filesystem::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0)
        return status;
    if (errno != ENOENT)
        throw io::disk_error(errno, kReading);
    return std::nullopt;
}

io::FileDescriptor open_object(const StoreLayout& layout, const oci::Digest& digest) {
    auto file = io::find_file(layout.object(digest), O_RDONLY, kReading);
    if (!file)
        throw_no_object(digest);
    return std::move(*file);
}

// Objects of one two-digit directory. Foreign files are passed over.
std::vector<ObjectInfo> list_directory(const std::filesystem::path& directory, std::string_view algorithm) {
    std::vector<ObjectInfo> objects;
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(directory, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        auto digest = oci::Digest::parse(std::string(algorithm) + ":" + entry->path().filename().string());
        auto status = digest ? find_status(entry->path()) : std::nullopt;
        if (status)
            objects.push_back({*digest, static_cast<std::uint64_t>(status->st_size)});
    }
    if (failure && failure.value() != ENOENT)
        throw io::disk_error(failure.value(), kListing);
    return objects;
}

std::vector<IngestInfo> list_uploads(const StoreLayout& layout) {
    std::vector<IngestInfo> ingests;
    std::error_code failure;
    for (std::filesystem::directory_iterator entry(layout.uploads(), failure), end; !failure && entry != end;
         entry.increment(failure)) {
        auto id = entry->path().filename().string();
        auto status = is_ingest_id(id) ? find_status(entry->path() / "data") : std::nullopt;
        if (!status)
            continue;
        auto modified =
            std::chrono::seconds(status->st_mtim.tv_sec) +
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::nanoseconds(status->st_mtim.tv_nsec));
        ingests.push_back({id, static_cast<std::uint64_t>(status->st_size), Timestamp(modified)});
    }
    if (failure)
        throw io::disk_error(failure.value(), kListing);
    return ingests;
}

} // namespace

FilesystemStore::FilesystemStore(std::filesystem::path root, async::BlockingPool& pool)
    : layout_{std::move(root)}, pool_(pool) {
    for (auto algorithm : {DigestAlgorithm::sha256, DigestAlgorithm::sha512})
        io::create_directories(layout_.algorithm_directory(algorithm), "creating the store");
    io::create_directories(layout_.uploads(), "creating the store");
}

awaitable<std::optional<ObjectInfo>> FilesystemStore::find(const oci::Digest& digest) {
    auto status = find_status(layout_.object(digest));
    if (!status)
        co_return std::nullopt;
    co_return ObjectInfo(digest, static_cast<std::uint64_t>(status->st_size));
}

awaitable<io::ReaderPtr> FilesystemStore::open(const oci::Digest& digest, ByteRange range) {
    auto file = std::make_shared<const io::FileDescriptor>(open_object(layout_, digest));
    auto part = cut_range(range, io::file_size(*file, kReading));
    co_return io::file_reader(std::move(file), part.offset, part.length, pool_, kReading);
}

awaitable<int> FilesystemStore::open_file(const oci::Digest& digest) {
    co_return open_object(layout_, digest).release();
}

awaitable<std::unique_ptr<Ingest>> FilesystemStore::begin_ingest(DigestAlgorithm algorithm) {
    auto id = new_ingest_id();
    auto hold = co_await holds_.acquire(id);
    auto file = std::make_shared<IngestFile>(layout_, id, algorithm, std::move(hold));
    co_return std::make_unique<FilesystemIngest>(id, std::move(file), false, buffers_, pool_);
}

awaitable<std::unique_ptr<Ingest>> FilesystemStore::ensure_ingest(const std::string& id) {
    auto ingest = co_await resume_ingest(id);
    if (ingest)
        co_return ingest;
    auto hold = co_await holds_.acquire(id);
    auto file = std::make_shared<IngestFile>(layout_, id, DigestAlgorithm::sha256, std::move(hold));
    co_return std::make_unique<FilesystemIngest>(id, std::move(file), false, buffers_, pool_);
}

awaitable<std::unique_ptr<Ingest>> FilesystemStore::resume_ingest(const std::string& id) {
    require_ingest_id(id);
    auto hold = co_await holds_.acquire(id);
    auto file = std::make_shared<IngestFile>(layout_, id, DigestAlgorithm::sha256, std::move(hold));
    auto work = [file] { return file->recover(); };
    bool found = co_await async::run_blocking(pool_, std::move(work));
    if (!found)
        co_return nullptr;
    co_return std::make_unique<FilesystemIngest>(id, std::move(file), true, buffers_, pool_);
}

awaitable<std::vector<IngestInfo>> FilesystemStore::list_ingests() {
    auto work = [layout = layout_] { return list_uploads(layout); };
    co_return co_await async::run_blocking(pool_, std::move(work));
}

awaitable<bool> FilesystemStore::erase(const oci::Digest& digest) {
    auto work = [path = layout_.object(digest)] { return io::remove_file(path, "deleting the blob"); };
    co_return co_await async::run_blocking(pool_, std::move(work));
}

awaitable<void> FilesystemStore::walk(std::function<void(const ObjectInfo&)> visit) {
    constexpr std::string_view kHex = "0123456789abcdef";
    for (auto algorithm : {DigestAlgorithm::sha256, DigestAlgorithm::sha512})
        for (char high : kHex)
            for (char low : kHex) {
                auto work = [directory = layout_.algorithm_directory(algorithm) / std::string{high, low}, algorithm] {
                    return list_directory(directory, oci::to_string(algorithm));
                };
                auto objects = co_await async::run_blocking(pool_, std::move(work));
                for (const auto& object : objects)
                    visit(object);
            }
}

} // namespace cang::content
