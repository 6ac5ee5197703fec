// What every store says when bytes, digests and ranges do not fit.
#pragma once

#include "content/object_store.hpp"

namespace cang::content {

// Throws Error{corrupt}, code DIGEST_INVALID, unless both are equal.
void require_same_digest(const oci::Digest& found, const oci::Digest& expected);

// Throws Error{not_found}.
[[noreturn]] void throw_no_object(const oci::Digest& digest);

// Throws Error{conflict}: another request writes to the same ingest.
[[noreturn]] void throw_ingest_held();

// The range cut at the end of the object. Throws Error{invalid_argument} when it starts beyond.
ByteRange cut_range(ByteRange range, std::uint64_t size);

} // namespace cang::content
