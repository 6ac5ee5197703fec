// Where an image can be read.
#pragma once

#include "async/awaitable.hpp"
#include "base/oci/manifest.hpp"
#include "base/oci/reference.hpp"
#include "io/reader.hpp"

#include <optional>
#include <vector>

namespace cang::image {

// Content is immutable: results may be cached by digest, and calls may run concurrently (on one executor).
class Source {
public:
    virtual ~Source() = default;
    // The descriptor of what `reference` names now; nullopt when there is no such repository, tag or digest.
    virtual awaitable<std::optional<oci::Descriptor>> find(const oci::Reference& reference) = 0;
    // The manifest that `descriptor` names, verified. Throws Error{not_found}, Error{corrupt}.
    virtual awaitable<oci::Manifest> get_manifest(const oci::Descriptor& descriptor) = 0;
    // The blob's bytes from `offset` on. Not verified here: the reader of the whole verifies. Throws Error{not_found}.
    virtual awaitable<io::ReaderPtr> open_blob(const oci::Descriptor& descriptor, std::uint64_t offset = 0) = 0;
    // Descriptors of manifests whose subject is `subject`; empty where the place has no referrers.
    virtual awaitable<std::vector<oci::Descriptor>> list_referrers(const oci::Digest& subject) = 0;
    // The diff ID -> blob knowledge of the place: the stored compressed form of a layer, if the place remembers one.
    virtual awaitable<std::optional<oci::Descriptor>> find_layer(const oci::Digest& diff_id);
    // For delivery.mount(): "registry/repository" that this source reads from, empty when mounting makes no sense.
    virtual std::string mount_origin() const { return {}; }
};

// A place that can be listed.
class Listing {
public:
    virtual ~Listing() = default;
    // Tags of a repository in byte order after `last`, at most `limit`; empty when there are no more.
    // Throws Error{not_found} when there is no such repository.
    virtual awaitable<std::vector<std::string>> list_tags(const std::string& repository, const std::string& last,
                                                          std::size_t limit) = 0;
    // Repositories in byte order after `last`, at most `limit`.
    virtual awaitable<std::vector<std::string>> list_repositories(const std::string& last, std::size_t limit) = 0;
};

} // namespace cang::image
