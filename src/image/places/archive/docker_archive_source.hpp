// Images of a docker-archive (`docker save`), old (<id>/layer.tar) and new (blobs/sha256/…) style, plain or compressed
// as a whole.
//
// The format has no OCI manifests, so each image shows one made from its config and layers: the config's bytes as they
// are; a layer as uncompressed tar under its diff ID, or as it is when its entry is compressed.
#pragma once

#include "async/run_blocking.hpp"
#include "base/oci/image_config.hpp"
#include "image/places/archive/archive_entries.hpp"
#include "image/places/archive/docker_manifest.hpp"
#include "image/source.hpp"

#include <map>

namespace cang::archive {

struct DockerArchiveOptions {
    std::filesystem::path spool_directory; // for a compressed archive; empty: the system's temporary directory
    std::uint64_t max_bytes = 256 * GiB;   // uncompressed, of a compressed archive
};

class DockerArchiveSource final : public image::Source {
public:
    // `file` is uncompressed. Throws Error{invalid_argument} when it is no docker-archive, Error{corrupt}.
    static awaitable<std::unique_ptr<DockerArchiveSource>> open(io::SharedFile file, async::BlockingPool& pool);

    // By name as Docker reads it, by digest of the manifest shown or of the config (Docker's image ID); a reference
    // that names nothing is the only image of the archive.
    awaitable<std::optional<oci::Descriptor>> find(const oci::Reference& reference) override;
    awaitable<oci::Manifest> get_manifest(const oci::Descriptor& descriptor) override;
    awaitable<io::ReaderPtr> open_blob(const oci::Descriptor& descriptor, std::uint64_t offset = 0) override;
    awaitable<std::vector<oci::Descriptor>> list_referrers(const oci::Digest& subject) override;

    // A manifest or blob of an image that was found before.
    bool holds(const oci::Digest& digest) const;
    const std::vector<ArchiveImage>& images() const noexcept { return images_; }

private:
    struct Blob {
        std::uint64_t offset = 0; // in the archive
        std::uint64_t size = 0;
    };

    DockerArchiveSource(io::SharedFile file, ArchiveEntries entries, async::BlockingPool& pool);
    awaitable<void> read_images();
    awaitable<oci::Descriptor> show(std::size_t image);
    awaitable<oci::Descriptor> show_config(std::string path, oci::ImageConfig& config);
    awaitable<oci::Descriptor> show_layer(std::string path, oci::Digest diff_id);
    awaitable<std::optional<std::size_t>> find_by_digest(oci::Digest digest);
    const io::TarEntry& require_file(const std::string& path) const;
    io::ReaderPtr read_entry(const Blob& blob, std::uint64_t offset) const;

    io::SharedFile file_;
    ArchiveEntries entries_;
    async::BlockingPool& pool_;
    std::vector<ArchiveImage> images_;
    std::vector<std::optional<oci::Manifest>> shown_; // for each image, once asked for
    std::map<oci::Digest, Blob> blobs_;               // of the images shown so far
    std::map<std::string, oci::Descriptor> layers_;   // by path: compressed entries are hashed once
};

// Throws Error{not_found} when there is no such file, and what open() throws.
awaitable<std::unique_ptr<DockerArchiveSource>>
open_docker_archive(std::filesystem::path path, async::BlockingPool& pool, DockerArchiveOptions options = {});

} // namespace cang::archive
