#include "image/places/warehouse/warehouse_source.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace cang::warehouse {

awaitable<std::optional<oci::Descriptor>> WarehouseSource::find(const oci::Reference& reference) {
    const std::string& repository = repository_.empty() ? reference.repository : repository_;
    StoredManifestPtr found = co_await warehouse_.find_manifest(repository, reference.tag_or_digest());
    if (!found)
        co_return std::nullopt;
    repository_ = repository;
    oci::Descriptor descriptor;
    descriptor.media_type = found->media_type;
    descriptor.digest = found->digest;
    descriptor.size = found->bytes->size();
    co_return descriptor;
}

awaitable<oci::Manifest> WarehouseSource::get_manifest(const oci::Descriptor& descriptor) {
    StoredManifestPtr found = co_await warehouse_.find_manifest(repository_, descriptor.digest.to_string());
    if (!found)
        throw Error(ErrorKind::not_found,
                    fmt::format("manifest {} is not in repository {}", descriptor.digest.to_string(), repository_));
    co_return oci::require_manifest(*found->bytes, found->media_type, found->digest.algorithm());
}

awaitable<io::ReaderPtr> WarehouseSource::open_blob(const oci::Descriptor& descriptor, std::uint64_t offset) {
    std::optional<content::ObjectInfo> blob = co_await warehouse_.find_blob(repository_, descriptor.digest);
    if (!blob)
        throw Error(ErrorKind::not_found,
                    fmt::format("blob {} is not in repository {}", descriptor.digest.to_string(), repository_));
    content::ByteRange range;
    range.offset = offset;
    co_return co_await warehouse_.objects().open(descriptor.digest, range);
}

awaitable<std::vector<oci::Descriptor>> WarehouseSource::list_referrers(const oci::Digest& subject) {
    return warehouse_.list_referrers(repository_, subject);
}

awaitable<std::optional<oci::Descriptor>> WarehouseSource::find_layer(const oci::Digest& diff_id) {
    return warehouse_.find_layer(diff_id);
}

awaitable<std::vector<std::string>> WarehouseSource::list_tags(const std::string& repository, const std::string& last,
                                                               std::size_t limit) {
    bool known = co_await warehouse_.has_repository(repository);
    if (!known)
        throw Error(ErrorKind::not_found, fmt::format("there is no repository {}", repository));
    std::vector<TagEntry> entries = co_await warehouse_.list_tags(repository, last, limit);
    std::vector<std::string> tags;
    tags.reserve(entries.size());
    for (TagEntry& entry : entries)
        tags.push_back(std::move(entry.tag));
    co_return tags;
}

awaitable<std::vector<std::string>> WarehouseSource::list_repositories(const std::string& last, std::size_t limit) {
    std::vector<RepositoryEntry> entries = co_await warehouse_.list_repositories(last, limit);
    std::vector<std::string> names;
    names.reserve(entries.size());
    for (RepositoryEntry& entry : entries)
        names.push_back(std::move(entry.name));
    co_return names;
}

} // namespace cang::warehouse
