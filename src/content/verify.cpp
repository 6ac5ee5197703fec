#include "content/verify.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::content {

void require_same_digest(const oci::Digest& found, const oci::Digest& expected) {
    if (found == expected)
        return;
    Error error(ErrorKind::corrupt,
                fmt::format("the content is {}, not {} as announced", found.to_string(), expected.to_string()));
    error.with_code("DIGEST_INVALID");
    throw error;
}

void throw_no_object(const oci::Digest& digest) {
    Error error(ErrorKind::not_found, fmt::format("there is no blob {}", digest.to_string()));
    error.with_code("BLOB_UNKNOWN");
    throw error;
}

void throw_ingest_held() { throw Error(ErrorKind::conflict, "another request is writing to this upload"); }

ByteRange cut_range(ByteRange range, std::uint64_t size) {
    if (range.offset > size)
        throw Error(ErrorKind::invalid_argument, fmt::format("the range starts at byte {} of {}", range.offset, size));
    range.length = std::min(range.length, size - range.offset);
    return range;
}

} // namespace cang::content
