// Where an image can be written.
#pragma once

#include "async/awaitable.hpp"
#include "base/oci/manifest.hpp"
#include "base/oci/reference.hpp"
#include "io/reader.hpp"

#include <functional>
#include <memory>

namespace cang::image {

// What a place can hold; copy() converts or refuses accordingly.
struct SinkTraits {
    bool indexes = true;            // multi-platform images
    bool referrers = true;          // manifests with a subject, artifacts
    bool compressed_layers = true;  // false: layers are kept uncompressed (docker-archive, Docker Engine)
    bool repeatable_commit = false; // commit() that failed may be called again, as often as is worth while
};

// Opens the blob at an offset; called again after a broken connection, each time with the offset still missing.
using BlobOpener = std::function<awaitable<io::ReaderPtr>(std::uint64_t offset)>;

// Bytes that arrived, for progress; called often, must be cheap.
using ByteCount = std::function<void(std::uint64_t)>;

// One image on its way in. Destroyed without commit(), the target shows nothing new.
// has, mount, put_blob and put_manifest may run concurrently on one executor.
class Delivery {
public:
    virtual ~Delivery() = default;
    // Told of an image manifest before any of its blobs is asked for or sent, so that a target which knows layers by
    // diff ID or chain only (a Docker Engine) can answer has() for them. `open_config` opens the image's config.
    virtual awaitable<void> announce(const oci::Manifest& image, const BlobOpener& open_config) {
        (void)image, (void)open_config;
        co_return;
    }
    // Is the blob or manifest at the target already, or made so at once (a mount from where `origin` points)?
    virtual awaitable<bool> has(const oci::Descriptor& descriptor, const std::string& origin = {}) = 0;
    // Stores a blob, verified against the descriptor. Idempotent. May call `open` with an offset > 0: the target keeps
    // what an earlier attempt left. Throws Error{corrupt} when the bytes are not the descriptor's.
    virtual awaitable<void> put_blob(const oci::Descriptor& descriptor, const BlobOpener& open,
                                     const ByteCount& arrived) = 0;
    // Children before parents: every blob and child manifest is at the target when this is called.
    virtual awaitable<void> put_manifest(const oci::Manifest& manifest) = 0;
    // Makes `root` visible under the target reference given to begin(), atomically. Returns its descriptor.
    virtual awaitable<oci::Descriptor> commit(const oci::Manifest& root) = 0;
};

class Sink {
public:
    virtual ~Sink() = default;
    virtual SinkTraits traits() const { return {}; }
    virtual awaitable<std::unique_ptr<Delivery>> begin(const oci::Reference& target) = 0;
    // Descriptor under the target reference now, to skip a copy that would change nothing; nullopt when absent or
    // when the place cannot tell.
    virtual awaitable<std::optional<oci::Descriptor>> find_current(const oci::Reference& target) = 0;
    // The compressed form of the layer with that diff ID, if the place has it and remembers: any delivery then has it,
    // and its content is proved to be the diff ID's. Default: nothing is known.
    virtual awaitable<std::optional<oci::Descriptor>> find_layer(oci::Digest diff_id) {
        (void)diff_id;
        co_return std::nullopt;
    }
};

} // namespace cang::image
