#include "image/places/layout/layout_source.hpp"

#include "image/places/layout/layout_directory.hpp"
#include "io/file_stream.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::layout {

namespace {

constexpr std::string_view kReading = "reading the image layout";

class DirectoryFiles final : public LayoutFiles {
public:
    DirectoryFiles(LayoutDirectory directory, async::BlockingPool& pool)
        : directory_(std::make_shared<const LayoutDirectory>(std::move(directory))), pool_(pool) {}

    awaitable<std::optional<std::string>> find_text(std::string name, std::size_t limit) override {
        auto job = [directory = directory_, name, limit] { return directory->find_text(name, limit); };
        co_return co_await async::run_blocking(pool_, std::move(job));
    }

    awaitable<std::optional<std::uint64_t>> find_blob(oci::Digest digest) override {
        auto job = [directory = directory_, digest]() -> std::optional<std::uint64_t> {
            const auto file = directory->find_blob(digest);
            return file ? std::optional(io::file_size(*file, kReading)) : std::nullopt;
        };
        co_return co_await async::run_blocking(pool_, std::move(job));
    }

    awaitable<io::ReaderPtr> open_blob(oci::Digest digest, std::uint64_t offset) override {
        auto job = [directory = directory_, digest]() -> io::SharedFile {
            auto file = directory->find_blob(digest);
            return file ? std::make_shared<const io::FileDescriptor>(std::move(*file)) : nullptr;
        };
        auto file = co_await async::run_blocking(pool_, std::move(job));
        if (!file)
            throw Error(ErrorKind::not_found, fmt::format("the layout has no blob {}", digest.to_string()));
        co_return io::file_reader(std::move(file), offset, UINT64_MAX, pool_, kReading);
    }

private:
    std::shared_ptr<const LayoutDirectory> directory_;
    async::BlockingPool& pool_;
};

std::string fallback_tag(const oci::Digest& subject) {
    return fmt::format("{}-{}", oci::to_string(subject.algorithm()), subject.hex());
}

[[noreturn]] void throw_damaged(const oci::Digest& digest) {
    Error error(ErrorKind::corrupt,
                fmt::format("the layout's manifest {} has other bytes than its digest says", digest.to_string()));
    throw error.with_code("DIGEST_INVALID");
}

void add_unless_known(std::vector<oci::Descriptor>& referrers, const oci::Descriptor& referrer) {
    if (std::ranges::find(referrers, referrer.digest, &oci::Descriptor::digest) == referrers.end())
        referrers.push_back(referrer);
}

} // namespace

LayoutSource::LayoutSource(std::unique_ptr<LayoutFiles> files) : files_(std::move(files)) {}

awaitable<LayoutIndex> LayoutSource::read_index() {
    auto bytes = co_await files_->find_text("index.json", oci::ManifestLimits::bytes);
    // A directory whose first delivery was dropped: a layout that holds no image yet.
    if (!bytes)
        co_return LayoutIndex{};
    auto index = LayoutIndex::parse(std::move(*bytes));
    if (!index)
        throw Error(ErrorKind::corrupt,
                    fmt::format("the layout's index.json is not valid: {}", index.error().to_string()));
    co_return std::move(*index);
}

awaitable<std::optional<std::string>> LayoutSource::find_manifest_bytes(oci::Digest digest) {
    const auto size = co_await files_->find_blob(digest);
    if (!size)
        co_return std::nullopt;
    if (*size > oci::ManifestLimits::bytes)
        throw Error(ErrorKind::invalid_argument, fmt::format("the layout's manifest {} is larger than {} bytes",
                                                             digest.to_string(), oci::ManifestLimits::bytes));
    auto reader = co_await files_->open_blob(digest, 0);
    auto bytes = co_await io::read_all(*reader, oci::ManifestLimits::bytes);
    if (oci::Digest::of(bytes, digest.algorithm()) != digest)
        throw_damaged(digest);
    co_return bytes;
}

awaitable<std::optional<oci::Descriptor>> LayoutSource::find(const oci::Reference& reference) {
    const auto index = co_await read_index();
    auto entry = index.find(reference);
    if (entry || !reference.digest)
        co_return entry;
    // Not named by the index, yet perhaps part of an image that is.
    const auto size = co_await files_->find_blob(*reference.digest);
    if (!size || *size > oci::ManifestLimits::bytes)
        co_return std::nullopt;
    auto bytes = co_await find_manifest_bytes(*reference.digest);
    auto manifest = oci::Manifest::parse(std::move(*bytes), "", reference.digest->algorithm());
    if (!manifest)
        co_return std::nullopt;
    co_return manifest->descriptor();
}

awaitable<oci::Manifest> LayoutSource::get_manifest(const oci::Descriptor& descriptor) {
    auto bytes = co_await find_manifest_bytes(descriptor.digest);
    if (!bytes)
        throw Error(ErrorKind::not_found, fmt::format("the layout has no manifest {}", descriptor.digest.to_string()));
    auto manifest = oci::Manifest::parse(std::move(*bytes), descriptor.media_type, descriptor.digest.algorithm());
    if (!manifest)
        throw Error(ErrorKind::corrupt, fmt::format("the layout's manifest {} is not valid: {}",
                                                    descriptor.digest.to_string(), manifest.error().to_string()));
    co_return std::move(*manifest);
}

awaitable<io::ReaderPtr> LayoutSource::open_blob(const oci::Descriptor& descriptor, std::uint64_t offset) {
    co_return co_await files_->open_blob(descriptor.digest, offset);
}

awaitable<const LayoutSource::Referrer*> LayoutSource::examine(const oci::Descriptor& entry) {
    const auto known = examined_.find(entry.digest);
    if (known != examined_.end())
        co_return &known->second;
    Referrer result;
    const auto size = co_await files_->find_blob(entry.digest);
    // A sparse layout names manifests that it does not hold.
    if (size && *size <= oci::ManifestLimits::bytes && oci::is_manifest(entry.media_type)) {
        const auto manifest = co_await get_manifest(entry);
        if (manifest.subject())
            result.subject = manifest.subject()->digest;
        result.descriptor = manifest.descriptor();
    }
    co_return &examined_.insert_or_assign(entry.digest, std::move(result)).first->second;
}

awaitable<std::vector<oci::Descriptor>> LayoutSource::list_referrers(const oci::Digest& subject) {
    const auto index = co_await read_index();
    std::vector<oci::Descriptor> referrers;
    for (const auto& entry : index.entries()) {
        const auto* examined = co_await examine(entry);
        if (examined->subject == subject)
            add_unless_known(referrers, examined->descriptor);
    }
    const auto* fallback = index.find_name(fallback_tag(subject));
    if (fallback != nullptr && oci::is_index(fallback->media_type)) {
        const auto list = co_await get_manifest(*fallback);
        for (const auto& referrer : list.manifests())
            add_unless_known(referrers, referrer);
    }
    co_return referrers;
}

awaitable<std::unique_ptr<LayoutSource>> open_layout(std::filesystem::path path, async::BlockingPool& pool) {
    auto job = [path] { return LayoutDirectory::open(path); };
    auto directory = co_await async::run_blocking(pool, std::move(job));
    auto files = std::make_unique<DirectoryFiles>(std::move(directory), pool);
    co_return std::make_unique<LayoutSource>(std::move(files));
}

} // namespace cang::layout
