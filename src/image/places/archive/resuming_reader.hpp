// A blob's bytes over several connections: one that breaks is followed by another from where it ended, without the
// reader of the stream noticing. For readers that cannot start in the middle, such as an inflater.
#pragma once

#include "image/sink.hpp"

namespace cang::archive {

// Opens at once when it is first read. An error that a new attempt may cure is cured here only while attempts bring
// bytes; else it is thrown, for whoever knows how long to wait. `arrived` is told of bytes as they pass.
io::ReaderPtr resuming_reader(image::BlobOpener open, image::ByteCount arrived);

} // namespace cang::archive
