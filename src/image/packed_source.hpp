// A source whose images have compressed layers, made from one that keeps them uncompressed (docker-archive, Docker
// Engine). A layer that the target knows by its diff ID takes the target's form of it and is never read; any other is
// compressed once, into a file without a name that lives as long as this source.
//
// Only images that find() finds become others. Those below an index stay as they are, because the index names them.
#pragma once

#include "async/run_blocking.hpp"
#include "async/turns.hpp"
#include "image/source.hpp"
#include "io/file.hpp"

#include <functional>
#include <map>

namespace cang::image {

// The compressed form of a layer at the target, by diff ID; nullopt when it has none. See Sink::find_layer().
using LayerLookup = std::function<awaitable<std::optional<oci::Descriptor>>(oci::Digest diff_id)>;

struct PackOptions {
    oci::Compression compression = oci::Compression::gzip; // not none
    std::filesystem::path spool_directory;                 // empty: the system's temporary directory
    std::size_t concurrent_layers = 2;                     // each keeps one core busy
};

// Equal layers are compressed to equal bytes, so an image comes out the same wherever nothing is known about it.
class PackedSource final : public Source {
public:
    // The inner source and the pool outlive this one; all on one executor.
    PackedSource(Source& inner, async::BlockingPool& pool, PackOptions options = {});

    // From the next find() on; until then no target knows anything. What was compressed is kept.
    void look_up_in(LayerLookup lookup);

    // Compresses what has to be. Throws Error{corrupt} when a layer is not what its diff ID says.
    awaitable<std::optional<oci::Descriptor>> find(const oci::Reference& reference) override;
    awaitable<oci::Manifest> get_manifest(const oci::Descriptor& descriptor) override;
    // Compresses a layer that the target no longer has; throws Error{conflict} when the target's form of it cannot be
    // made again.
    awaitable<io::ReaderPtr> open_blob(const oci::Descriptor& descriptor, std::uint64_t offset = 0) override;
    awaitable<std::vector<oci::Descriptor>> list_referrers(const oci::Digest& subject) override;
    awaitable<std::optional<oci::Descriptor>> find_layer(const oci::Digest& diff_id) override;
    std::string mount_origin() const override { return inner_.mount_origin(); }

private:
    struct Layer {
        oci::Descriptor plain;  // as the inner source has it; its digest is the diff ID
        oci::Descriptor packed; // media type, digest, size
        io::SharedFile file;    // null: the target's, not compressed here
    };

    awaitable<oci::Manifest> pack(oci::Manifest image);
    awaitable<void> ensure_layer(oci::Descriptor plain, bool docker);
    awaitable<Layer> compress(oci::Descriptor plain);
    Layer* find_packed(const oci::Digest& digest);
    awaitable<void> compress_again(oci::Digest packed);

    Source& inner_;
    async::BlockingPool& pool_;
    PackOptions options_;
    LayerLookup lookup_;
    async::Turns turns_;                        // one image at a time
    std::map<oci::Digest, Layer> layers_;       // by diff ID
    std::map<oci::Digest, oci::Manifest> made_; // by the digest that the inner source has for the image
};

} // namespace cang::image
