// One response on the server side. The body is one of: nothing, text, shared immutable text (a cached manifest),
// bytes of the program, a range of a file (sent with sendfile), a stream (sent chunked, or with `content_length`).
#pragma once

#include "http/message.hpp"
#include "io/reader.hpp"

#include <functional>
#include <memory>
#include <variant>

namespace cang::http {

// Owns the descriptor.
class FileBody {
public:
    FileBody(int descriptor, std::uint64_t offset, std::uint64_t length)
        : descriptor_(descriptor), offset_(offset), length_(length) {}
    FileBody(FileBody&& other) noexcept;
    FileBody& operator=(FileBody&& other) noexcept;
    ~FileBody();
    int descriptor() const noexcept { return descriptor_; }
    std::uint64_t offset() const noexcept { return offset_; }
    std::uint64_t length() const noexcept { return length_; }

private:
    int descriptor_ = -1;
    std::uint64_t offset_ = 0;
    std::uint64_t length_ = 0;
};

// Bytes that live as long as the program: a file that is built into it.
struct StaticBody {
    std::string_view bytes;
};

struct StreamBody {
    io::ReaderPtr reader;
    std::optional<std::uint64_t> length; // chunked when unknown
};

using Body =
    std::variant<std::monostate, std::string, std::shared_ptr<const std::string>, StaticBody, FileBody, StreamBody>;

class UpgradedStream;

// The protocol that goes on over a connection after a response of status 101. Used on the connection's event loop and
// destroyed before its stream. Between two calls the connection costs neither a coroutine nor a buffer.
class Upgraded {
public:
    virtual ~Upgraded() = default;
    // The next bytes of the client, valid during the call; false ends the connection.
    virtual awaitable<bool> on_bytes(std::string_view bytes) = 0;
};

// Null ends the connection, and so does a server that drains.
using Takeover = std::function<std::unique_ptr<Upgraded>(UpgradedStream&)>;

struct Response {
    int status = 200;
    Fields headers;
    Body body;
    // For HEAD: the Content-Length to state though no body is sent.
    std::optional<std::uint64_t> stated_length;
    Takeover takeover; // with status 101 and an Upgrade header only
};

Response json_response(int status, std::string body);
Response text_response(int status, std::string body);

} // namespace cang::http
