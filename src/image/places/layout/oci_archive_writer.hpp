// The tar of an image layout being written into a file. The sizes of blobs are known beforehand, so each gets its
// place when it is first asked for and several are written at the same time. index.json is last.
//
// Equal images in equal order give equal bytes. Belongs to one single-threaded executor.
#pragma once

#include "async/turns.hpp"
#include "image/places/layout/layout_index.hpp"
#include "image/sink.hpp"
#include "io/direct_file.hpp"
#include "io/file_stream.hpp"
#include "io/hash.hpp"

#include <map>
#include <set>

namespace cang::layout {

class OciArchiveWriter {
public:
    // `file` is empty; the pool outlives the writer.
    OciArchiveWriter(io::SharedFile file, async::BlockingPool& pool);

    bool has(const oci::Descriptor& blob) const;
    // Verified; goes on where a broken attempt ended.
    awaitable<void> put_blob(oci::Descriptor descriptor, image::BlobOpener open, image::ByteCount arrived);
    awaitable<void> put_manifest(oci::Manifest manifest);
    void add_entry(oci::Descriptor entry, std::string_view name) { index_.put(std::move(entry), name); }
    // index.json and the end of the archive; nothing may be added afterwards. Throws Error{conflict} when a blob was
    // begun and never became whole.
    awaitable<void> finish();

private:
    struct Slot {
        explicit Slot(oci::DigestAlgorithm algorithm) : hash(algorithm) {}
        async::Turns turns;
        std::string header;
        std::uint64_t begin = 0; // of the header
        std::uint64_t written = 0;
        io::Hash hash;
        bool whole = false;
    };
    Slot& ensure_slot(const oci::Descriptor& descriptor);
    std::uint64_t place(const std::string& header, std::uint64_t size);
    awaitable<void> write(std::string bytes, std::uint64_t offset);

    io::SharedFile file_;
    io::DirectFile direct_; // the same file
    async::BlockingPool& pool_;
    std::string prefix_;         // what stands before the first blob
    std::uint64_t position_ = 0; // of the next entry
    std::map<oci::Digest, Slot> slots_;
    LayoutIndex index_;
};

} // namespace cang::layout
