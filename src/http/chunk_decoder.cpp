#include "http/chunk_decoder.hpp"

namespace cang::http {

namespace {

constexpr std::uint32_t kMaxDigits = 16;
// Nobody sends extensions; a few trailers at most.
constexpr std::uint32_t kMaxIgnoredBytes = 8 * 1024;
constexpr std::uint64_t kMaxChunkBytes = std::uint64_t(1) << 62;

int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool is_text(char c) { return static_cast<unsigned char>(c) >= 0x20 ? c != 0x7f : c == '\t'; }

} // namespace

const char* ChunkDecoder::step_size(char c) {
    if (int value = hex_value(c); value >= 0) {
        if (++digits_ > kMaxDigits || left_ > kMaxChunkBytes / 16)
            return "a chunk's size is too large";
        left_ = left_ * 16 + static_cast<std::uint64_t>(value);
        return nullptr;
    }
    if (digits_ == 0 || (c != '\r' && c != ';'))
        return "a chunk's size is malformed";
    state_ = c == '\r' ? State::size_end : State::extension;
    return nullptr;
}

const char* ChunkDecoder::step(char c) {
    auto expect = [&](char wanted, State next) -> const char* {
        state_ = next;
        return c == wanted ? nullptr : "a chunk's line end is malformed";
    };
    auto ignore = [&](State at_return) -> const char* {
        if (c == '\r') {
            state_ = at_return;
            return nullptr;
        }
        return is_text(c) && ++ignored_ <= kMaxIgnoredBytes ? nullptr : "a chunk extension or trailer is malformed";
    };
    switch (state_) {
    case State::size: return step_size(c);
    case State::extension: return ignore(State::size_end);
    case State::size_end: return expect('\n', left_ > 0 ? State::data : State::trailer_start);
    case State::data_return: return expect('\r', State::data_end);
    case State::data_end: digits_ = 0; return expect('\n', State::size);
    case State::trailer_start:
        state_ = c == '\r' ? State::last_end : State::trailer;
        return c == '\r' ? nullptr : ignore(State::trailer_end);
    case State::trailer: return ignore(State::trailer_end);
    case State::trailer_end: return expect('\n', State::trailer_start);
    case State::last_end: return expect('\n', State::finished);
    case State::data:
    case State::finished: break;
    }
    return nullptr;
}

std::expected<std::size_t, ParseError> ChunkDecoder::feed(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && state_ != State::data && state_ != State::finished) {
        if (const char* fault = step(bytes[used]))
            return std::unexpected(ParseError{fault, used});
        ++used;
    }
    return used;
}

void ChunkDecoder::data_taken(std::uint64_t bytes) noexcept {
    left_ -= bytes;
    if (left_ == 0)
        state_ = State::data_return;
}

} // namespace cang::http
