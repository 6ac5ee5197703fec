// Writes docker-archives that `docker load`, `podman load` and skopeo read. The file appears, or replaces the one that
// was there, when it is complete.
#pragma once

#include "image/places/archive/docker_archive_writer.hpp"
#include "io/pending_file.hpp"

namespace cang::archive {

struct DockerArchiveSinkOptions {
    // One archive for all deliveries, shown by finish(); else each commit shows an archive of that one image.
    bool several_images = false;
    LayerLimits limits;
};

class DockerArchiveSink final : public image::Sink {
public:
    // The pool outlives the sink and its deliveries.
    DockerArchiveSink(std::filesystem::path path, async::BlockingPool& pool, DockerArchiveSinkOptions options = {});

    image::SinkTraits traits() const override;
    awaitable<std::unique_ptr<image::Delivery>> begin(const oci::Reference& target) override;
    // An archive is written anew each time; nullopt.
    awaitable<std::optional<oci::Descriptor>> find_current(const oci::Reference& target) override;
    // Shows the archive of several images. Throws Error{invalid_argument} when none was delivered.
    awaitable<void> finish();

    // The file and who writes it; shared by the deliveries of one archive.
    struct Archive {
        std::shared_ptr<io::PendingFile> file;
        std::shared_ptr<DockerArchiveWriter> writer;
        std::size_t images = 0;
    };

private:
    awaitable<std::shared_ptr<Archive>> create();

    std::filesystem::path path_;
    async::BlockingPool& pool_;
    DockerArchiveSinkOptions options_;
    std::shared_ptr<Archive> several_;
};

} // namespace cang::archive
