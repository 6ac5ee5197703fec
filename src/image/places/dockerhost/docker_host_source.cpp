#include "image/places/dockerhost/docker_host_source.hpp"

#include "io/temp_file.hpp"

#include <fmt/format.h>

namespace cang::dockerhost {

std::string engine_name(const oci::Reference& reference) {
    if (!reference.repository.empty())
        return reference.to_string();
    if (reference.digest)
        return reference.digest->to_string();
    throw Error(ErrorKind::invalid_argument, "an image on a Docker Engine needs a name");
}

DockerHostSource::DockerHostSource(docker::Engine& engine, async::BlockingPool& pool, DockerHostOptions options)
    : images_(engine), pool_(pool), options_(std::move(options)) {
    if (options_.spool_directory.empty())
        options_.spool_directory = std::filesystem::temp_directory_path();
}

awaitable<archive::DockerArchiveSource*> DockerHostSource::save(oci::Digest id) {
    const auto turn = co_await turns_.take();
    const auto known = saved_.find(id);
    if (known != saved_.end())
        co_return known->second.get();
    const std::vector<std::string> names{id.to_string()};
    auto stream = co_await images_.save(names);
    auto spool = co_await io::Spool::create(options_.spool_directory, pool_);
    co_await io::transfer(*stream, *spool);
    co_await spool->finish();
    auto archive = co_await archive::DockerArchiveSource::open(spool->file(), pool_);
    co_return saved_.emplace(id, std::move(archive)).first->second.get();
}

awaitable<std::optional<oci::Descriptor>> DockerHostSource::find(const oci::Reference& reference) {
    const auto image = co_await images_.find(engine_name(reference));
    if (!image)
        co_return std::nullopt;
    auto* archive = co_await save(image->id);
    const oci::Reference only_image;
    co_return co_await archive->find(only_image);
}

archive::DockerArchiveSource& DockerHostSource::require_holder(const oci::Digest& digest) {
    for (const auto& [id, archive] : saved_)
        if (archive->holds(digest))
            return *archive;
    throw Error(ErrorKind::not_found,
                fmt::format("no image found on the Docker Engine contains {}", digest.to_string()));
}

awaitable<oci::Manifest> DockerHostSource::get_manifest(const oci::Descriptor& descriptor) {
    return require_holder(descriptor.digest).get_manifest(descriptor);
}

awaitable<io::ReaderPtr> DockerHostSource::open_blob(const oci::Descriptor& descriptor, std::uint64_t offset) {
    return require_holder(descriptor.digest).open_blob(descriptor, offset);
}

awaitable<std::vector<oci::Descriptor>> DockerHostSource::list_referrers(const oci::Digest&) {
    co_return std::vector<oci::Descriptor>();
}

} // namespace cang::dockerhost
