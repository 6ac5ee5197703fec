// Delivers images to a Docker Engine through POST /images/load: a docker-archive with only the layers that the engine
// lacks. No registry, no login and no insecure-registry setting is needed on the host.
//
// Lacking layers are spooled uncompressed into a nameless temporary file; the engine sees nothing before commit(),
// which returns the image ID's descriptor (Docker keeps configs, not manifests).
#pragma once

#include "docker/images.hpp"
#include "image/places/archive/docker_archive_writer.hpp"
#include "image/places/dockerhost/docker_host_source.hpp"

namespace cang::dockerhost {

class DockerHostSink final : public image::Sink {
public:
    // Engine and pool outlive the sink and its deliveries; all on the engine's executor.
    DockerHostSink(docker::Engine& engine, async::BlockingPool& pool, DockerHostOptions options = {});

    image::SinkTraits traits() const override;
    awaitable<std::unique_ptr<image::Delivery>> begin(const oci::Reference& target) override;
    // The image ID under that name, as a descriptor of the config.
    awaitable<std::optional<oci::Descriptor>> find_current(const oci::Reference& target) override;
    // Archive bytes sent to the engine by all commits so far.
    std::uint64_t bytes_sent() const noexcept { return *bytes_sent_; }

private:
    docker::Engine& engine_;
    async::BlockingPool& pool_;
    DockerHostOptions options_;
    std::shared_ptr<std::uint64_t> bytes_sent_ = std::make_shared<std::uint64_t>(0);
};

} // namespace cang::dockerhost
