#include "image/places/layout/oci_archive_sink.hpp"

namespace cang::layout {

namespace {

awaitable<void> show(OciArchiveSink::Archive& archive, async::BlockingPool& pool) {
    co_await archive.writer->finish();
    auto job = [file = archive.file] { file->show(); };
    co_await async::run_blocking(pool, std::move(job));
}

class OciArchiveDelivery final : public image::Delivery {
public:
    OciArchiveDelivery(std::shared_ptr<OciArchiveSink::Archive> archive, std::string name, async::BlockingPool& pool,
                       bool shows)
        : archive_(std::move(archive)), name_(std::move(name)), pool_(pool), shows_(shows) {}

    awaitable<bool> has(const oci::Descriptor& descriptor, const std::string&) override {
        co_return archive_->writer->has(descriptor);
    }

    awaitable<void> put_blob(const oci::Descriptor& descriptor, const image::BlobOpener& open,
                             const image::ByteCount& arrived) override {
        co_await archive_->writer->put_blob(descriptor, open, arrived);
    }

    awaitable<void> put_manifest(const oci::Manifest& manifest) override {
        co_await archive_->writer->put_manifest(manifest);
        if (manifest.subject())
            referrers_.push_back(index_entry(manifest));
    }

    awaitable<oci::Descriptor> commit(const oci::Manifest& root) override {
        co_await archive_->writer->put_manifest(root);
        for (const auto& referrer : referrers_)
            archive_->writer->add_entry(referrer, "");
        archive_->writer->add_entry(index_entry(root), name_);
        ++archive_->images;
        if (shows_)
            co_await show(*archive_, pool_);
        co_return root.descriptor();
    }

private:
    std::shared_ptr<OciArchiveSink::Archive> archive_;
    std::string name_;
    async::BlockingPool& pool_;
    bool shows_;
    std::vector<oci::Descriptor> referrers_;
};

} // namespace

OciArchiveSink::OciArchiveSink(std::filesystem::path path, async::BlockingPool& pool, OciArchiveSinkOptions options)
    : path_(std::move(path)), pool_(pool), options_(options) {}

awaitable<std::shared_ptr<OciArchiveSink::Archive>> OciArchiveSink::create() {
    auto job = [path = path_] { return io::PendingFile::create(path, "writing the OCI archive"); };
    auto archive = std::make_shared<Archive>();
    archive->file = co_await async::run_blocking(pool_, std::move(job));
    archive->writer = std::make_shared<OciArchiveWriter>(archive->file->file(), pool_);
    co_return archive;
}

awaitable<std::unique_ptr<image::Delivery>> OciArchiveSink::begin(const oci::Reference& target) {
    auto archive = several_;
    if (!archive)
        archive = co_await create();
    if (options_.several_images)
        several_ = archive;
    co_return std::make_unique<OciArchiveDelivery>(std::move(archive), ref_name(target), pool_,
                                                   !options_.several_images);
}

awaitable<std::optional<oci::Descriptor>> OciArchiveSink::find_current(const oci::Reference&) {
    co_return std::nullopt;
}

awaitable<void> OciArchiveSink::finish() {
    if (!several_ || several_->images == 0)
        throw Error(ErrorKind::invalid_argument, "no image was written to the OCI archive");
    const auto archive = std::exchange(several_, nullptr);
    co_await show(*archive, pool_);
}

} // namespace cang::layout
