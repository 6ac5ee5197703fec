// The framing of a chunked body (RFC 9112 §7.1), strict and bounded: CRLF only, at most 16 digits of size, limited
// extensions and trailers, whose content is ignored. Pure.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <expected>
#include <string_view>

namespace cang::http {

class ChunkDecoder {
public:
    // Takes framing bytes from the start of `bytes` until data begins, the body ends or the bytes do; returns how many.
    std::expected<std::size_t, ParseError> feed(std::string_view bytes);
    // Data bytes of the current chunk still to come; framing follows when it is 0.
    std::uint64_t data_left() const noexcept { return state_ == State::data ? left_ : 0; }
    void data_taken(std::uint64_t bytes) noexcept;
    bool finished() const noexcept { return state_ == State::finished; }

private:
    enum class State : std::uint8_t {
        size,
        extension,
        size_end,
        data,
        data_return,
        data_end,
        trailer_start,
        trailer,
        trailer_end,
        last_end,
        finished
    };
    const char* step(char c);
    const char* step_size(char c);

    State state_ = State::size;
    std::uint64_t left_ = 0;
    std::uint32_t digits_ = 0;
    std::uint32_t ignored_ = 0; // bytes of extensions and trailers since the last data
};

} // namespace cang::http
