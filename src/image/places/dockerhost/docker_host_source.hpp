// Images of a Docker Engine. The engine gives an image away only as a whole (`docker save`), so the first find() of an
// image spools that stream into a nameless temporary file, which takes the image's uncompressed size on the disk until
// the source is destroyed; from then on it is a docker-archive.
#pragma once

#include "async/turns.hpp"
#include "docker/images.hpp"
#include "image/places/archive/docker_archive_source.hpp"

namespace cang::dockerhost {

struct DockerHostOptions {
    std::filesystem::path spool_directory; // empty: the system's temporary directory
};

class DockerHostSource final : public image::Source {
public:
    // Engine and pool outlive the source; all on the engine's executor.
    DockerHostSource(docker::Engine& engine, async::BlockingPool& pool, DockerHostOptions options = {});

    // By name as Docker reads it; a reference without a repository but with a digest is an image ID.
    awaitable<std::optional<oci::Descriptor>> find(const oci::Reference& reference) override;
    awaitable<oci::Manifest> get_manifest(const oci::Descriptor& descriptor) override;
    awaitable<io::ReaderPtr> open_blob(const oci::Descriptor& descriptor, std::uint64_t offset = 0) override;
    awaitable<std::vector<oci::Descriptor>> list_referrers(const oci::Digest& subject) override;

private:
    awaitable<archive::DockerArchiveSource*> save(oci::Digest id);
    archive::DockerArchiveSource& require_holder(const oci::Digest& digest);

    docker::Images images_;
    async::BlockingPool& pool_;
    DockerHostOptions options_;
    async::Turns turns_;                                                         // one export at a time
    std::map<oci::Digest, std::unique_ptr<archive::DockerArchiveSource>> saved_; // by image ID
};

// The name that Docker knows the reference by. Throws Error{invalid_argument} when it names nothing.
std::string engine_name(const oci::Reference& reference);

} // namespace cang::dockerhost
