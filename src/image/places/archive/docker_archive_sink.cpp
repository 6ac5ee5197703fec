#include "image/places/archive/docker_archive_sink.hpp"

namespace cang::archive {

namespace {

awaitable<void> show(DockerArchiveSink::Archive& archive, async::BlockingPool& pool) {
    co_await archive.writer->finish();
    auto job = [file = archive.file] { file->show(); };
    co_await async::run_blocking(pool, std::move(job));
}

class DockerArchiveDelivery final : public image::Delivery {
public:
    DockerArchiveDelivery(std::shared_ptr<DockerArchiveSink::Archive> archive, std::string repo_tag,
                          async::BlockingPool& pool, bool shows)
        : archive_(std::move(archive)), repo_tag_(std::move(repo_tag)), pool_(pool), shows_(shows) {}

    awaitable<bool> has(const oci::Descriptor& descriptor, const std::string&) override {
        co_return archive_->writer->has(descriptor.digest);
    }

    awaitable<void> put_blob(const oci::Descriptor& descriptor, const image::BlobOpener& open,
                             const image::ByteCount& arrived) override {
        co_await archive_->writer->put_blob(descriptor, open, arrived);
    }

    // The format has no place for manifests other than the root, which becomes an entry of manifest.json.
    awaitable<void> put_manifest(const oci::Manifest&) override { co_return; }

    awaitable<oci::Descriptor> commit(const oci::Manifest& root) override {
        co_await archive_->writer->add_image(root, repo_tag_);
        ++archive_->images;
        if (shows_)
            co_await show(*archive_, pool_);
        auto shown = archive_->writer->shown_manifest(root).descriptor();
        shown.artifact_type.clear();
        co_return shown;
    }

private:
    std::shared_ptr<DockerArchiveSink::Archive> archive_;
    std::string repo_tag_;
    async::BlockingPool& pool_;
    bool shows_;
};

} // namespace

DockerArchiveSink::DockerArchiveSink(std::filesystem::path path, async::BlockingPool& pool,
                                     DockerArchiveSinkOptions options)
    : path_(std::move(path)), pool_(pool), options_(options) {}

image::SinkTraits DockerArchiveSink::traits() const {
    image::SinkTraits traits;
    traits.indexes = false;
    traits.referrers = false;
    traits.compressed_layers = false;
    return traits;
}

awaitable<std::shared_ptr<DockerArchiveSink::Archive>> DockerArchiveSink::create() {
    auto job = [path = path_] { return io::PendingFile::create(path, "writing the docker archive"); };
    auto archive = std::make_shared<Archive>();
    archive->file = co_await async::run_blocking(pool_, std::move(job));
    archive->writer = std::make_shared<DockerArchiveWriter>(archive->file->file(), pool_, options_.limits);
    co_return archive;
}

awaitable<std::unique_ptr<image::Delivery>> DockerArchiveSink::begin(const oci::Reference& target) {
    auto archive = several_;
    if (!archive)
        archive = co_await create();
    if (options_.several_images)
        several_ = archive;
    co_return std::make_unique<DockerArchiveDelivery>(std::move(archive), repo_tag(target), pool_,
                                                      !options_.several_images);
}

awaitable<std::optional<oci::Descriptor>> DockerArchiveSink::find_current(const oci::Reference&) {
    co_return std::nullopt;
}

awaitable<void> DockerArchiveSink::finish() {
    if (!several_ || several_->images == 0)
        throw Error(ErrorKind::invalid_argument, "no image was written to the docker archive");
    const auto archive = std::exchange(several_, nullptr);
    co_await show(*archive, pool_);
}

} // namespace cang::archive
