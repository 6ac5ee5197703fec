// The parts of a multipart/form-data body, one after the other, as streams.
#pragma once

#include "http/multipart.hpp"
#include "io/reader.hpp"

namespace cang::http {

// All throw Error{invalid_argument} for a body that is not multipart/form-data or ends too early.
class MultipartReader {
public:
    // `body` outlives it.
    MultipartReader(io::Reader& body, std::string_view content_type);

    // The next part; what is left of the one before is skipped. nullopt at the end.
    awaitable<std::optional<MultipartPart>> next();
    // Data of the current part; 0 at its end.
    awaitable<std::size_t> read(MutableBytes buffer);

private:
    awaitable<MultipartParser::Event> step();

    io::Reader& body_;
    MultipartParser parser_;
    std::string_view data_; // of the current part, not read yet
    bool in_part_ = false;
    std::unique_ptr<std::byte[]> buffer_;
};

} // namespace cang::http
