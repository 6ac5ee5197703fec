#include "image/places/dockerhost/docker_host_sink.hpp"

#include "image/places/dockerhost/engine_chains.hpp"
#include "io/temp_file.hpp"

#include <fmt/format.h>

namespace cang::dockerhost {

namespace {

constexpr std::string_view kSpooling = "reading the spooled image";

oci::Descriptor image_id(const oci::Digest& id, std::uint64_t size) {
    oci::Descriptor descriptor;
    descriptor.media_type = oci::media_type::docker_config;
    descriptor.digest = id;
    descriptor.size = size;
    return descriptor;
}

class DockerHostDelivery final : public image::Delivery {
public:
    DockerHostDelivery(docker::Engine& engine, io::SharedFile file, async::BlockingPool& pool, std::string repo_tag,
                       std::shared_ptr<std::uint64_t> bytes_sent)
        : engine_(engine), images_(engine), file_(std::move(file)), pool_(pool), writer_(file_, pool),
          repo_tag_(std::move(repo_tag)), bytes_sent_(std::move(bytes_sent)) {}

    awaitable<void> announce(const oci::Manifest& image, const image::BlobOpener& open_config) override {
        if (!image.config() || !oci::is_config(image.config()->media_type))
            co_return;
        const auto version = co_await engine_.version();
        const auto status = co_await engine_.status();
        if (!may_leave_out_layers(version, status))
            co_return;
        // Kept by the writer, which verifies it.
        image::ByteCount uncounted;
        co_await writer_.put_blob(*image.config(), open_config, std::move(uncounted));
        const auto config = writer_.config(image.config()->digest);
        if (config.diff_ids.size() != image.layers().size())
            co_return; // refused at commit, with the reason
        const auto chains = co_await list_chains(images_);
        const auto known = known_layers(config.diff_ids, chains);
        for (std::size_t i = 0; i < known.size(); ++i)
            if (known[i])
                writer_.assume_layer(image.layers()[i].digest, config.diff_ids[i]);
    }

    awaitable<bool> has(const oci::Descriptor& descriptor, const std::string&) override {
        co_return writer_.has(descriptor.digest);
    }

    awaitable<void> put_blob(const oci::Descriptor& descriptor, const image::BlobOpener& open,
                             const image::ByteCount& arrived) override {
        co_await writer_.put_blob(descriptor, open, arrived);
    }

    awaitable<void> put_manifest(const oci::Manifest&) override { co_return; }

    awaitable<oci::Descriptor> commit(const oci::Manifest& root) override {
        co_await writer_.add_image(root, repo_tag_);
        const auto size = co_await writer_.finish();
        auto archive = io::file_reader(file_, 0, size, pool_, kSpooling);
        co_await images_.load(*archive, size);
        *bytes_sent_ += size;
        const auto id = root.config()->digest;
        const auto name = repo_tag_.empty() ? id.to_string() : repo_tag_;
        const auto loaded = co_await images_.find(name);
        if (!loaded || loaded->id != id)
            throw Error(ErrorKind::conflict,
                        fmt::format("the Docker Engine loaded the image, but {} is not it afterwards", name));
        co_return image_id(id, root.config()->size);
    }

private:
    docker::Engine& engine_;
    docker::Images images_;
    io::SharedFile file_;
    async::BlockingPool& pool_;
    archive::DockerArchiveWriter writer_;
    std::string repo_tag_;
    std::shared_ptr<std::uint64_t> bytes_sent_;
};

} // namespace

DockerHostSink::DockerHostSink(docker::Engine& engine, async::BlockingPool& pool, DockerHostOptions options)
    : engine_(engine), pool_(pool), options_(std::move(options)) {
    if (options_.spool_directory.empty())
        options_.spool_directory = std::filesystem::temp_directory_path();
}

image::SinkTraits DockerHostSink::traits() const {
    image::SinkTraits traits;
    traits.indexes = false;
    traits.referrers = false;
    traits.compressed_layers = false;
    return traits;
}

awaitable<std::unique_ptr<image::Delivery>> DockerHostSink::begin(const oci::Reference& target) {
    co_await engine_.ping(); // says early that nobody is there
    auto job = [directory = options_.spool_directory] {
        return std::make_shared<const io::FileDescriptor>(io::create_temp_file(directory));
    };
    auto file = co_await async::run_blocking(pool_, std::move(job));
    co_return std::make_unique<DockerHostDelivery>(engine_, std::move(file), pool_, archive::repo_tag(target),
                                                   bytes_sent_);
}

awaitable<std::optional<oci::Descriptor>> DockerHostSink::find_current(const oci::Reference& target) {
    docker::Images images(engine_);
    auto name = archive::repo_tag(target);
    if (name.empty())
        co_return std::nullopt;
    const auto image = co_await images.find(std::move(name));
    if (!image)
        co_return std::nullopt;
    co_return image_id(image->id, 0);
}

} // namespace cang::dockerhost
