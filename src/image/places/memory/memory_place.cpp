#include "image/places/memory/memory_place.hpp"

#include "image/places/memory/memory_delivery.hpp"

#include <cstring>
#include <fmt/format.h>

namespace cang::image {

namespace {

std::string repository_of(const oci::Reference& reference) {
    return reference.registry.empty() ? reference.repository : reference.registry + "/" + reference.repository;
}

// Reads a blob, counts, and breaks off where it was told to.
class CountingReader final : public io::Reader {
public:
    CountingReader(std::shared_ptr<const std::string> bytes, std::uint64_t offset, std::uint64_t breaks_after,
                   std::uint64_t& count)
        : bytes_(std::move(bytes)), position_(offset), left_(breaks_after), count_(count) {}

    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (left_ == 0)
            throw Error(ErrorKind::unavailable, "the connection broke");
        auto length = std::min<std::uint64_t>({buffer.size(), bytes_->size() - position_, left_});
        std::memcpy(buffer.data(), bytes_->data() + position_, length);
        position_ += length;
        left_ -= length;
        count_ += length;
        co_return length;
    }

private:
    std::shared_ptr<const std::string> bytes_;
    std::uint64_t position_;
    std::uint64_t left_; // until it breaks
    std::uint64_t& count_;
};

// The first `limit` of `names` behind `last`.
std::vector<std::string> page_of(const std::vector<std::string>& names, const std::string& last, std::size_t limit) {
    std::vector<std::string> page;
    for (const auto& name : names)
        if (name > last && page.size() < limit)
            page.push_back(name);
    return page;
}

} // namespace

MemoryPlace::MemoryPlace() = default;
MemoryPlace::~MemoryPlace() = default;

std::optional<oci::Descriptor> MemoryPlace::look_up(const oci::Reference& reference) const {
    auto repository = repositories_.find(repository_of(reference));
    if (repository == repositories_.end())
        return std::nullopt;
    if (reference.digest) {
        if (!repository->second.manifests.contains(*reference.digest))
            return std::nullopt;
        return manifests_.at(*reference.digest).descriptor();
    }
    auto tag = repository->second.tags.find(reference.tag_or_digest());
    if (tag == repository->second.tags.end())
        return std::nullopt;
    return manifests_.at(tag->second).descriptor();
}

awaitable<std::optional<oci::Descriptor>> MemoryPlace::find(const oci::Reference& reference) {
    ++calls_.find;
    co_return look_up(reference);
}

awaitable<oci::Manifest> MemoryPlace::get_manifest(const oci::Descriptor& descriptor) {
    ++calls_.get_manifest;
    if (broken_manifests_ > 0) {
        --broken_manifests_;
        throw Error(ErrorKind::unavailable, "the server is busy");
    }
    auto found = manifests_.find(descriptor.digest);
    if (found == manifests_.end())
        throw Error(ErrorKind::not_found, fmt::format("there is no manifest {}", descriptor.digest.to_string()));
    co_return found->second;
}

awaitable<io::ReaderPtr> MemoryPlace::open_blob(const oci::Descriptor& descriptor, std::uint64_t offset) {
    ++calls_.open_blob;
    auto found = blobs_.find(descriptor.digest);
    if (found == blobs_.end())
        throw Error(ErrorKind::not_found, fmt::format("there is no blob {}", descriptor.digest.to_string()));
    if (offset > found->second->size())
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("offset {} is behind the end of blob {}", offset, descriptor.digest.to_string()));
    std::uint64_t breaks_after = UINT64_MAX;
    if (auto broken = breaks_.find(descriptor.digest); broken != breaks_.end() && broken->second.times > 0) {
        --broken->second.times;
        breaks_after = broken->second.after;
    }
    co_return std::make_unique<CountingReader>(found->second, offset, breaks_after, calls_.bytes_read);
}

awaitable<std::vector<oci::Descriptor>> MemoryPlace::list_referrers(const oci::Digest& subject) {
    ++calls_.list_referrers;
    std::vector<oci::Descriptor> referrers;
    for (const auto& [digest, manifest] : manifests_)
        if (manifest.subject() && manifest.subject()->digest == subject)
            referrers.push_back(manifest.descriptor());
    co_return referrers;
}

awaitable<std::unique_ptr<Delivery>> MemoryPlace::begin(const oci::Reference& target) {
    ++calls_.begin;
    co_return std::make_unique<MemoryDelivery>(*this, target);
}

awaitable<std::optional<oci::Descriptor>> MemoryPlace::find_current(const oci::Reference& target) {
    ++calls_.find_current;
    co_return look_up(target);
}

awaitable<std::vector<std::string>> MemoryPlace::list_tags(const std::string& repository, const std::string& last,
                                                           std::size_t limit) {
    auto found = repositories_.find(repository);
    if (found == repositories_.end())
        throw Error(ErrorKind::not_found, fmt::format("there is no repository {}", repository));
    std::vector<std::string> names;
    for (const auto& [tag, digest] : found->second.tags)
        names.push_back(tag);
    co_return page_of(names, last, limit);
}

awaitable<std::vector<std::string>> MemoryPlace::list_repositories(const std::string& last, std::size_t limit) {
    std::vector<std::string> names;
    for (const auto& [name, repository] : repositories_)
        names.push_back(name);
    co_return page_of(names, last, limit);
}

void MemoryPlace::add(const oci::Reference& reference, const ImageContent& content) {
    auto& repository = repositories_[repository_of(reference)];
    for (const auto& manifest : content.manifests) {
        manifests_.insert_or_assign(manifest.digest(), manifest);
        repository.manifests.insert(manifest.digest());
    }
    for (const auto& [digest, bytes] : content.blobs)
        blobs_.insert_or_assign(digest, bytes);
    if (!content.manifests.empty() && !reference.digest)
        repository.tags.insert_or_assign(reference.tag_or_digest(), content.root().digest());
}

bool MemoryPlace::has_blob(const oci::Digest& digest) const { return blobs_.contains(digest); }

bool MemoryPlace::has_manifest(const oci::Digest& digest) const { return manifests_.contains(digest); }

std::size_t MemoryPlace::blob_count() const { return blobs_.size(); }

void MemoryPlace::erase_blob(const oci::Digest& digest) { blobs_.erase(digest); }

void MemoryPlace::damage_blob(const oci::Digest& digest, std::string bytes) {
    blobs_.insert_or_assign(digest, std::make_shared<const std::string>(std::move(bytes)));
}

void MemoryPlace::break_blob(const oci::Digest& digest, std::uint64_t bytes, int times) {
    breaks_[digest] = Break{bytes, times};
}

} // namespace cang::image
