// A stream that proves itself: digest and size are checked while the bytes pass.
#pragma once

#include "base/oci/descriptor.hpp"
#include "io/reader.hpp"

namespace cang::image {

// Passes on `inner`, which is the whole blob. At its end, or as soon as there are too many bytes, throws
// Error{corrupt} code DIGEST_INVALID when they are not those of `descriptor`.
io::ReaderPtr verifying_reader(io::ReaderPtr inner, const oci::Descriptor& descriptor);

} // namespace cang::image
