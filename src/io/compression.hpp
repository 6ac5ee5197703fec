// gzip (RFC 1952, ISA-L) and zstd (RFC 8878) as streams. The arithmetic runs on the blocking pool, while the next block
// of the inner stream is being read and the last one consumed.
#pragma once

#include "async/run_blocking.hpp"
#include "io/reader.hpp"

namespace cang::io {

enum class Compression { none, gzip, zstd };

// By the magic number; needs kMagicBytes bytes to be sure.
inline constexpr std::size_t kMagicBytes = 4;
Compression detect_compression(ByteView first_bytes);

// Against decompression bombs. Beyond either, reading throws Error{invalid_argument}.
struct InflateLimits {
    std::uint64_t max_bytes = UINT64_MAX; // of output
    // Output to input, applied after kRatioFreeBytes of output. Deflate reaches 1032:1 on zeros, real layers stay under
    // 100:1.
    std::uint64_t max_ratio = 1100;
};
inline constexpr std::uint64_t kRatioFreeBytes = 16 * MiB;

// The decompressed bytes of `inner`; `none` passes through (max_bytes still applies). Reads `inner` to its end: several
// gzip members or zstd frames are one stream. Throws Error{corrupt} when the bytes are damaged or cut short.
ReaderPtr decompressing_reader(ReaderPtr inner, Compression compression, async::BlockingPool& pool,
                               InflateLimits limits = {});

// The same with the compression found by its magic number; `found` tells which it was.
awaitable<ReaderPtr> decompress(ReaderPtr inner, async::BlockingPool& pool, InflateLimits limits = {},
                                Compression* found = nullptr);

// The compressed bytes of `inner`. Deterministic: no name, no time; ISA-L level 3 (level 1 is a third faster, but
// leaves layers of mixed content half as large again), zstd level 3.
ReaderPtr compressing_reader(ReaderPtr inner, Compression compression, async::BlockingPool& pool);

} // namespace cang::io
