// A blob on its way into a layout directory: a part file beside its final name, verified, then renamed. A part file
// that an earlier attempt left is taken up where it ended.
#pragma once

#include "base/oci/descriptor.hpp"
#include "image/places/layout/layout_directory.hpp"
#include "io/hash.hpp"

namespace cang::layout {

// Blocks, but for bytes() and offset(). hash() and write() may run at the same time as each other.
class BlobFile {
public:
    // Reads back and hashes what is there already.
    BlobFile(const LayoutDirectory& directory, const oci::Descriptor& descriptor);
    // Leaves the part file for the next attempt.
    ~BlobFile() = default;
    BlobFile(BlobFile&&) = default;

    std::uint64_t offset() const noexcept { return offset_; } // bytes taken so far
    void hash(ByteView bytes) { hash_.update(bytes); }
    void write(ByteView bytes);
    // Are the bytes so far the descriptor's?
    bool is_whole() const { return offset_ == descriptor_.size && hash_.digest() == descriptor_.digest; }
    // Forgets every byte.
    void restart();
    // Shows the blob under its name. Throws Error{corrupt} code DIGEST_INVALID when the bytes are not the
    // descriptor's; the part file is then gone.
    void commit();

private:
    void take_part_file();
    bool try_part_file(const std::string& name);
    void rehash();

    oci::Descriptor descriptor_;
    io::FileDescriptor directory_;
    io::FileDescriptor file_;
    std::string name_;
    io::Hash hash_;
    std::uint64_t offset_ = 0;
};

} // namespace cang::layout
