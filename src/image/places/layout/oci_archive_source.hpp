// An OCI archive: the tar of an image layout, plain, gzip or zstd. Blobs of a plain archive are read in place; a
// compressed one is spooled once into a temporary file that takes its uncompressed size on the disk.
#pragma once

#include "image/places/layout/layout_source.hpp"
#include "io/file.hpp"

namespace cang::layout {

struct OciArchiveOptions {
    std::filesystem::path spool_directory; // empty: the system's temporary directory
    std::uint64_t max_bytes = 256 * GiB;   // uncompressed, of a compressed archive
};

// Throws Error{not_found}, Error{invalid_argument} when the archive is no layout, Error{corrupt}.
awaitable<std::unique_ptr<LayoutSource>> open_oci_archive(std::filesystem::path path, async::BlockingPool& pool,
                                                          OciArchiveOptions options = {});
// The same of an open file, which is uncompressed.
awaitable<std::unique_ptr<LayoutSource>> open_oci_archive(io::SharedFile file, async::BlockingPool& pool);

} // namespace cang::layout
