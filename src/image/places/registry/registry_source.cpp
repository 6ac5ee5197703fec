#include "image/places/registry/registry_source.hpp"

#include "base/error.hpp"
#include "distribution/blobs.hpp"
#include "distribution/names.hpp"
#include "distribution/referrers.hpp"

#include <algorithm>

namespace cang::image {

namespace {

std::vector<std::string> page_of(const std::vector<std::string>& names, const std::string& last, std::size_t limit) {
    auto begin = std::ranges::upper_bound(names, last);
    auto count = std::min<std::size_t>(limit, static_cast<std::size_t>(names.end() - begin));
    return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

} // namespace

RegistrySource::RegistrySource(std::shared_ptr<distribution::RegistryClient> client, std::string repository)
    : client_(std::move(client)), repository_(std::move(repository)) {}

awaitable<std::optional<oci::Descriptor>> RegistrySource::find(const oci::Reference& reference) {
    distribution::Manifests manifests(*client_, repository_);
    auto descriptor = co_await manifests.find(reference.tag_or_digest());
    co_return descriptor;
}

awaitable<oci::Manifest> RegistrySource::get_manifest(const oci::Descriptor& descriptor) {
    distribution::Manifests manifests(*client_, repository_);
    oci::Manifest manifest = co_await manifests.get(descriptor.digest.to_string());
    co_return manifest;
}

awaitable<io::ReaderPtr> RegistrySource::open_blob(const oci::Descriptor& descriptor, std::uint64_t offset) {
    distribution::Blobs blobs(*client_, repository_);
    io::ReaderPtr reader = co_await blobs.open(descriptor, offset);
    co_return reader;
}

awaitable<std::vector<oci::Descriptor>> RegistrySource::list_referrers(const oci::Digest& subject) {
    distribution::Referrers referrers(*client_, repository_);
    auto list = co_await referrers.list(subject);
    co_return list;
}

std::string RegistrySource::mount_origin() const { return client_->registry() + "/" + repository_; }

awaitable<std::vector<std::string>> RegistrySource::list_tags(const std::string& repository, const std::string& last,
                                                              std::size_t limit) {
    if (last.empty() || listed_repository_ != repository) {
        tags_ = co_await distribution::list_tags(*client_, repository);
        listed_repository_ = repository;
    }
    co_return page_of(tags_, last, limit);
}

awaitable<std::vector<std::string>> RegistrySource::list_repositories(const std::string& last, std::size_t limit) {
    if (last.empty() || repositories_.empty())
        repositories_ = co_await distribution::list_repositories(*client_);
    co_return page_of(repositories_, last, limit);
}

} // namespace cang::image
