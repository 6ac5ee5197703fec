// A file's uncompressed bytes as a seekable file.
#pragma once

#include "io/compression.hpp"
#include "io/file_stream.hpp"

namespace cang::io {

// The file itself when it is not compressed; else a nameless temporary file in `spool_directory` (empty: the system's)
// that takes the decompressed bytes: the disk must hold them. Throws Error{not_found}, Error{invalid_argument} for what
// is no regular file or is beyond `limits`, Error{corrupt}.
awaitable<SharedFile> open_plain(std::filesystem::path path, std::filesystem::path spool_directory,
                                 async::BlockingPool& pool, InflateLimits limits, std::string_view action);

} // namespace cang::io
