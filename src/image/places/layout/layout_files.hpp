// The three things that a reader of an image layout asks of where the layout lies: a directory, or a tar archive.
#pragma once

#include "base/oci/digest.hpp"
#include "io/reader.hpp"

#include <optional>

namespace cang::layout {

// One executor; calls may run concurrently. Nothing outside the layout is ever opened: links are refused with
// Error{corrupt}.
class LayoutFiles {
public:
    virtual ~LayoutFiles() = default;
    // A file of the top level; nullopt when absent. Throws Error{invalid_argument} beyond `limit` bytes.
    virtual awaitable<std::optional<std::string>> find_text(std::string name, std::size_t limit) = 0;
    // Size of the blob in bytes; nullopt when absent.
    virtual awaitable<std::optional<std::uint64_t>> find_blob(oci::Digest digest) = 0;
    // Throws Error{not_found}. The bytes are not verified.
    virtual awaitable<io::ReaderPtr> open_blob(oci::Digest digest, std::uint64_t offset) = 0;
};

} // namespace cang::layout
