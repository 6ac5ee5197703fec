// A stream that survives its source's connections.
#pragma once

#include "async/retry.hpp"
#include "image/sink.hpp"

namespace cang::image {

// What became of the source of a stream, for whoever retries around it.
struct SourceState {
    bool gave_up = false; // the attempts are used up, or the failure was not one to retry
};

// Opens at `offset` and, whenever the connection breaks, again where it broke. The policy's attempts are counted anew
// once bytes have arrived. `state` is shared with the reader.
awaitable<io::ReaderPtr> open_resuming(BlobOpener open, std::uint64_t offset, async::RetryPolicy policy,
                                       async::RetryObserver observer, std::shared_ptr<SourceState> state);

} // namespace cang::image
