#include "image/places/layout/layout_sink.hpp"

#include "image/places/layout/blob_file.hpp"
#include "image/places/layout/layout_index.hpp"
#include "io/pump.hpp"

#include <fmt/format.h>

namespace cang::layout {

namespace {

using SharedDirectory = std::shared_ptr<const LayoutDirectory>;

LayoutIndex read_index(const LayoutDirectory& directory) {
    auto bytes = directory.find_text("index.json", oci::ManifestLimits::bytes);
    if (!bytes)
        return {};
    auto index = LayoutIndex::parse(std::move(*bytes));
    if (!index)
        throw Error(ErrorKind::corrupt,
                    fmt::format("the layout's index.json is not valid: {}", index.error().to_string()));
    return std::move(*index);
}

bool holds(const LayoutDirectory& directory, const oci::Descriptor& descriptor) {
    const auto file = directory.find_blob(descriptor.digest);
    return file && io::file_size(*file, "reading the image layout") == descriptor.size;
}

class LayoutDelivery final : public image::Delivery {
public:
    LayoutDelivery(SharedDirectory directory, std::string name, async::BlockingPool& pool)
        : directory_(std::move(directory)), name_(std::move(name)), pool_(pool) {}

    awaitable<bool> has(const oci::Descriptor& descriptor, const std::string&) override {
        auto job = [directory = directory_, descriptor] { return holds(*directory, descriptor); };
        co_return co_await async::run_blocking(pool_, std::move(job));
    }

    awaitable<void> put_blob(const oci::Descriptor& descriptor, const image::BlobOpener& open,
                             const image::ByteCount& arrived) override {
        const bool present = co_await has(descriptor, "");
        if (present)
            co_return;
        auto start = [directory = directory_, descriptor] { return BlobFile(*directory, descriptor); };
        auto file = co_await async::run_blocking(pool_, std::move(start));
        const bool resumed = file.offset() > 0;
        // A part file may be complete already; not every source opens a blob at its end.
        if (file.offset() < descriptor.size)
            co_await receive(file, descriptor, open, arrived);
        // What an earlier attempt left may be damaged, which is not this source's fault.
        if (resumed && !file.is_whole()) {
            auto restart = [&file] { file.restart(); };
            co_await async::run_blocking(pool_, std::move(restart));
            co_await receive(file, descriptor, open, arrived);
        }
        auto finish = [&file] { file.commit(); };
        co_await async::run_blocking(pool_, std::move(finish));
    }

    awaitable<void> put_manifest(const oci::Manifest& manifest) override {
        auto job = [directory = directory_, bytes = manifest.shared_bytes(), descriptor = manifest.descriptor()] {
            if (holds(*directory, descriptor))
                return;
            BlobFile file(*directory, descriptor);
            const auto rest = as_bytes(*bytes).subspan(file.offset());
            file.hash(rest);
            file.write(rest);
            file.commit();
        };
        co_await async::run_blocking(pool_, std::move(job));
        if (manifest.subject())
            referrers_.push_back(index_entry(manifest));
    }

    awaitable<oci::Descriptor> commit(const oci::Manifest& root) override {
        co_await put_manifest(root);
        auto job = [directory = directory_, name = name_, entry = index_entry(root), referrers = referrers_] {
            const auto guard = directory->lock();
            auto index = read_index(*directory);
            for (const auto& referrer : referrers)
                if (!index.find(oci::Reference{}.with_digest(referrer.digest)))
                    index.put(referrer, "");
            index.put(entry, name);
            directory->replace_text("index.json", index.to_bytes());
        };
        co_await async::run_blocking(pool_, std::move(job));
        co_return root.descriptor();
    }

private:
    awaitable<void> receive(BlobFile& file, const oci::Descriptor& descriptor, const image::BlobOpener& open,
                            const image::ByteCount& arrived) {
        auto reader = co_await open(file.offset());
        // One byte more than promised is enough to know a lie; an endless stream must not fill the disk.
        auto bounded = io::limited_reader(std::move(reader), descriptor.size - file.offset() + 1);
        const std::vector<io::BlockConsumer> consumers{[&file](ByteView bytes) { file.hash(bytes); },
                                                       [&file](ByteView bytes) { file.write(bytes); }};
        co_await io::pump(*bounded, pool_, consumers, io::kPumpBlock, arrived);
    }

    SharedDirectory directory_;
    std::string name_;
    async::BlockingPool& pool_;
    std::vector<oci::Descriptor> referrers_;
};

} // namespace

LayoutSink::LayoutSink(std::filesystem::path path, async::BlockingPool& pool) : path_(std::move(path)), pool_(pool) {}

awaitable<std::unique_ptr<image::Delivery>> LayoutSink::begin(const oci::Reference& target) {
    auto job = [path = path_] { return std::make_shared<const LayoutDirectory>(LayoutDirectory::ensure(path)); };
    auto directory = co_await async::run_blocking(pool_, std::move(job));
    co_return std::make_unique<LayoutDelivery>(std::move(directory), ref_name(target), pool_);
}

awaitable<std::optional<oci::Descriptor>> LayoutSink::find_current(const oci::Reference& target) {
    auto job = [path = path_, name = ref_name(target)]() -> std::optional<oci::Descriptor> {
        const auto directory = LayoutDirectory::find(path);
        if (!directory || name.empty())
            return std::nullopt;
        const auto index = read_index(*directory);
        const auto* entry = index.find_name(name);
        return entry != nullptr ? std::optional(*entry) : std::nullopt;
    };
    co_return co_await async::run_blocking(pool_, std::move(job));
}

} // namespace cang::layout
