// Byte streams. A stream belongs to one coroutine at a time; it is not thread-safe and not restartable.
#pragma once

#include "async/awaitable.hpp"
#include "base/bytes.hpp"

#include <memory>
#include <optional>
#include <string>

namespace cang::io {

class Reader {
public:
    virtual ~Reader() = default;
    // Fills a prefix of `buffer` (which is not empty) and returns its length; 0 means the end, again and again.
    // Throws Error on failure; after that the stream must not be read.
    virtual awaitable<std::size_t> read(MutableBytes buffer) = 0;
};

using ReaderPtr = std::unique_ptr<Reader>;

class Writer {
public:
    virtual ~Writer() = default;
    // Takes all of `bytes` or throws. The span may be reused when the awaitable completes.
    virtual awaitable<void> write(ByteView bytes) = 0;
};

// Reads `bytes` from memory; shares ownership.
ReaderPtr memory_reader(std::shared_ptr<const std::string> bytes);
ReaderPtr memory_reader(std::string bytes);

// Ends after `limit` bytes of `inner`.
ReaderPtr limited_reader(ReaderPtr inner, std::uint64_t limit);

// The whole stream as a string; throws Error{invalid_argument} "… is larger than N bytes" beyond `limit`.
awaitable<std::string> read_all(Reader& reader, std::size_t limit);

// Moves everything; returns the byte count. Buffers are `buffer_bytes` large.
awaitable<std::uint64_t> transfer(Reader& source, Writer& target, std::size_t buffer_bytes = 256 * 1024);

// Reads and forgets the rest; returns the byte count.
awaitable<std::uint64_t> drain(Reader& reader);

} // namespace cang::io
