// Bytes named by their digest.
//
// Lifecycle: an ingest is invisible to readers until commit() has verified its digest and made it durable; after that
// the object is immutable until erase(). An ingest that is neither committed nor aborted stays, with its offset and
// hash state, also across a crash, until it is resumed, aborted or expires.
//
// All methods may be called from any thread; one Ingest belongs to one coroutine at a time.
#pragma once

#include "async/awaitable.hpp"
#include "base/clock.hpp"
#include "base/oci/digest.hpp"
#include "io/reader.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cang::content {

struct ObjectInfo {
    oci::Digest digest;
    std::uint64_t size = 0; // bytes
};

struct IngestInfo {
    std::string id;
    std::uint64_t offset = 0;
    Timestamp updated_at;
};

// Half-open byte range; `length` is cut at the object's end by open().
struct ByteRange {
    std::uint64_t offset = 0;
    std::uint64_t length = UINT64_MAX;
};

class Ingest {
public:
    // Keeps the ingest for resume (offset and hash state are saved by suspend()); nothing is thrown.
    virtual ~Ingest() = default;
    virtual const std::string& id() const = 0;
    virtual std::uint64_t offset() const = 0; // bytes taken so far
    // Appends; the span may be reused when the awaitable completes. Throws Error{unavailable} when the disk is full.
    virtual awaitable<void> write(ByteView chunk) = 0;
    // Zero-copy way in: read straight into buffer(), then advance() by what arrived; the same as write() of those
    // bytes. Empty when the ingest offers none just now: then write(), which always works. The span is valid until
    // the next call.
    virtual MutableBytes buffer() { return {}; }
    virtual awaitable<void> advance(std::size_t bytes);
    // Makes everything written so far survive a kill. Called at the end of each request of a chunked upload.
    virtual awaitable<void> suspend() = 0;
    // Verifies, makes durable, makes visible; idempotent when the object exists already.
    // Throws Error{corrupt} code DIGEST_INVALID when the bytes are not `expected`; the ingest is then gone.
    virtual awaitable<ObjectInfo> commit(const oci::Digest& expected) = 0;
    // Forgets the bytes. Allowed after commit, where it does nothing.
    virtual awaitable<void> abort() = 0;
};

class ObjectReader {
public:
    virtual ~ObjectReader() = default;
    virtual awaitable<std::optional<ObjectInfo>> find(const oci::Digest& digest) = 0;
    // Throws Error{not_found}. A range that starts beyond the end is Error{invalid_argument}.
    virtual awaitable<io::ReaderPtr> open(const oci::Digest& digest, ByteRange range = {}) = 0;
};

class ObjectStore : public ObjectReader {
public:
    // A new ingest under a fresh id. `algorithm` is the digest to compute while writing; commit() with another
    // algorithm works, at the cost of reading the bytes back.
    virtual awaitable<std::unique_ptr<Ingest>>
    begin_ingest(oci::DigestAlgorithm algorithm = oci::DigestAlgorithm::sha256) = 0;
    // Under an id of the caller's choice (lower-case hex, 8 to 64 characters); resumes when it exists.
    virtual awaitable<std::unique_ptr<Ingest>> ensure_ingest(const std::string& id) = 0;
    // nullptr when there is no ingest of that id. Throws Error{conflict} when another coroutine holds it.
    virtual awaitable<std::unique_ptr<Ingest>> resume_ingest(const std::string& id) = 0;
    virtual awaitable<std::vector<IngestInfo>> list_ingests() = 0;
    // The object's file descriptor for sendfile, duplicated for the caller to close; -1 when the store has no files.
    virtual awaitable<int> open_file(const oci::Digest& digest) = 0;
    // Garbage collection only. False when there was none.
    virtual awaitable<bool> erase(const oci::Digest& digest) = 0;
    // Every object, in no order; objects that come or go meanwhile may be missed or visited.
    virtual awaitable<void> walk(std::function<void(const ObjectInfo&)> visit) = 0;
};

} // namespace cang::content
