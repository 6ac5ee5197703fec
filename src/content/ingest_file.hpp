// The disk side of one ingest: its data and state files, and the way from there to a visible object.
//
// Every method but the constructor blocks and runs as a job of the pool. hash() and write() may run at the same time;
// nothing else may overlap.
//
// Crash safety. The state file says how far the hash had come and in which boot of the machine. A process that is
// killed leaves every byte it wrote in the page cache, so within one boot the data file is whole up to its length and
// only what came after the saved state is hashed again. After a reboot nothing saved is trusted: the file is hashed
// from its start, and if the disk lost bytes, the digest check at commit finds out.
#pragma once

#include "content/ingest_holds.hpp"
#include "content/object_store.hpp"
#include "content/store_layout.hpp"
#include "io/file.hpp"
#include "io/hash.hpp"

namespace cang::content {

class IngestFile {
public:
    // A new ingest; nothing is on the disk before the first write.
    IngestFile(const StoreLayout& layout, std::string id, oci::DigestAlgorithm algorithm,
               std::shared_ptr<IngestHold> hold);
    // What an earlier holder left; false when there is nothing.
    bool recover();
    void ensure_created();

    std::uint64_t hashed() const noexcept { return hash_.bytes(); }
    std::string saved_hash() const { return hash_.save(); }
    void hash(ByteView bytes) { hash_.update(bytes); }
    void write(ByteView bytes, std::uint64_t offset);
    void save_state(const std::string& saved_hash);

    // Verifies the bytes on disk and then `tail`, which follows at `offset`, and makes them the object `expected`.
    // After Error{corrupt} the ingest is gone; after any other error it is as before.
    ObjectInfo publish(ByteView tail, std::uint64_t offset, const oci::Digest& expected);
    void remove();
    void close_hold() { hold_->close(); }

private:
    oci::Digest digest_with(ByteView tail, std::uint64_t offset, oci::DigestAlgorithm algorithm);
    void rehash(io::Hash& hash, std::uint64_t end) const;
    bool use_direct(bool on);

    StoreLayout layout_;
    std::filesystem::path directory_;
    std::shared_ptr<IngestHold> hold_;
    io::FileDescriptor data_;
    io::Hash hash_;
    bool direct_ = false;          // O_DIRECT is set on data_
    bool direct_supported_ = true; // as far as is known
};

} // namespace cang::content
