// A docker-archive being written into a file: layers inflated, hashed and appended as they come, manifest.json last.
// Equal images in equal order give equal bytes. A layer stands in the archive once, however many images share it.
//
// Belongs to one single-threaded executor; calls may run concurrently, layers are appended one after the other.
#pragma once

#include "async/turns.hpp"
#include "base/oci/image_config.hpp"
#include "image/places/archive/docker_manifest.hpp"

#include "image/sink.hpp"
#include "io/direct_file.hpp"
#include "io/file_stream.hpp"

#include <map>

namespace cang::archive {

struct LayerLimits {
    // Of one uncompressed layer; the largest in use (model weights, toolchains) are near 50 GB.
    std::uint64_t max_bytes = 128 * GiB;
    // Output to input; gzip reaches 1,032 on zeros.
    std::uint64_t max_ratio = 1100;
};

class DockerArchiveWriter {
public:
    // `file` is empty; the pool outlives the writer.
    DockerArchiveWriter(io::SharedFile file, async::BlockingPool& pool, LayerLimits limits = {});

    // Layers and configs that were put or assumed.
    bool has(const oci::Digest& digest) const;
    // A config or a layer in any compression. Throws Error{corrupt} when the bytes are not the descriptor's,
    // Error{unsupported} for what a docker-archive cannot hold, Error{invalid_argument} beyond the limits.
    awaitable<void> put_blob(oci::Descriptor descriptor, image::BlobOpener open, image::ByteCount arrived);
    // A config that was put. Throws Error{internal} when it was not, Error{corrupt} when it is not valid.
    oci::ImageConfig config(const oci::Digest& digest) const;
    // Leaves the layer out: manifest.json names it, the reader is known to have it.
    void assume_layer(const oci::Digest& blob, const oci::Digest& diff_id);
    // An image whose blobs are all here; `repo_tag` may be empty, and moves here from another image of the archive.
    // Throws Error{corrupt} when a layer does not have the diff ID that the config promises.
    awaitable<void> add_image(oci::Manifest manifest, std::string repo_tag);
    // The manifest that a DockerArchiveSource shows for an image added here.
    oci::Manifest shown_manifest(const oci::Manifest& manifest) const;
    // manifest.json and the end of the archive; nothing may be added afterwards. Returns the archive's size.
    awaitable<std::uint64_t> finish();

private:
    struct Layer {
        oci::Digest diff_id;
        std::uint64_t size = 0; // uncompressed
    };
    awaitable<void> put_config(const oci::Descriptor& descriptor, const image::BlobOpener& open,
                               const image::ByteCount& arrived);
    awaitable<void> put_layer(const oci::Descriptor& descriptor, const image::BlobOpener& open,
                              const image::ByteCount& arrived);
    awaitable<void> close_layer(Layer layer, std::uint64_t reserved);
    awaitable<void> append_file(std::string name, std::string content);
    std::vector<std::string> layer_paths(const oci::Manifest& manifest, const oci::ImageConfig& config) const;

    io::SharedFile file_;
    io::DirectFile direct_; // the same file
    async::BlockingPool& pool_;
    LayerLimits limits_;
    async::Turns turns_;
    std::uint64_t position_ = 0;
    std::map<oci::Digest, std::string> configs_; // bytes, by digest
    std::map<oci::Digest, Layer> layers_;        // by the digest they were put under
    std::map<oci::Digest, Layer> written_;       // by diff ID
    std::vector<ArchiveImage> images_;
};

} // namespace cang::archive
