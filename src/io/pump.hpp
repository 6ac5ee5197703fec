// Moving a stream through several consumers at full width: while the next block is read, every consumer works on the
// last one on the blocking pool, all at the same time.
#pragma once

#include "async/run_blocking.hpp"
#include "io/reader.hpp"

#include <functional>
#include <vector>

namespace cang::io {

// Gets every block of the stream in order; runs on the pool, never twice at once. What it throws ends the pump.
using BlockConsumer = std::function<void(ByteView)>;

inline constexpr std::size_t kPumpBlock = 1 * MiB;

// Reads `source` to its end and returns the byte count. Blocks are `block_bytes` long but for the last, and for the
// first where `first_block_bytes` (at most as many) is not 0; they begin on a page of memory. `arrived` is told on the
// caller's executor of bytes as they are read.
awaitable<std::uint64_t> pump(Reader& source, async::BlockingPool& pool, const std::vector<BlockConsumer>& consumers,
                              std::size_t block_bytes = kPumpBlock,
                              const std::function<void(std::uint64_t)>& arrived = {},
                              std::size_t first_block_bytes = 0);

// The length of a first block that lets all later ones begin on a page of a file that is written from `offset` on.
std::size_t first_block_at(std::uint64_t offset);

} // namespace cang::io
