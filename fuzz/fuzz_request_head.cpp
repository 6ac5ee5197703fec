// Request heads and chunked framing: nothing crashes, an accepted head has one meaning, and chunks decode to the same
// bytes in pieces of any size.
#include "http/chunk_decoder.hpp"
#include "http/request_head.hpp"
#include "require.hpp"

#include <cstdint>
#include <string>

namespace {

using namespace cang::http;
using cang::fuzz::require;

struct Decoded {
    std::string data;
    bool finished = false;
    bool refused = false;
};

Decoded decode(std::string_view input, std::size_t step) {
    ChunkDecoder decoder;
    Decoded result;
    while (!input.empty() && !decoder.finished()) {
        auto piece = input.substr(0, step);
        if (auto left = decoder.data_left(); left > 0) {
            piece = piece.substr(0, left);
            result.data += piece;
            decoder.data_taken(piece.size());
            input.remove_prefix(piece.size());
            continue;
        }
        auto used = decoder.feed(piece);
        result.refused = !used;
        if (!used)
            return result;
        input.remove_prefix(*used);
    }
    result.finished = decoder.finished();
    return result;
}

void check_head(std::string_view text) {
    std::size_t searched = 0;
    auto size = find_head_end(text, searched);
    if (!size)
        return;
    auto head = parse_request_head(text.substr(0, *size));
    if (!head)
        return require(head.error().status >= 400 && head.error().status < 600, "a fault has an error status");
    require(head->headers.size() <= kMaxFields, "fields are bounded");
    require(!(head->chunked && head->content_length), "one framing");
    require(head->headers.get_all("Content-Length").size() <= 1, "one length");
    require(head->chunked == head->headers.has("Transfer-Encoding"), "no coding is overlooked");
    require(head->content_length.has_value() == head->headers.has("Content-Length"), "no length is overlooked");
    for (const auto& [name, value] : head->headers)
        require(!name.empty() && value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
                "a field stays in its line");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    check_head(text);
    auto whole = decode(text, text.size() + 1);
    for (std::size_t step : {1, 3, 16}) {
        auto pieces = decode(text, step);
        require(pieces.data == whole.data && pieces.finished == whole.finished && pieces.refused == whole.refused,
                "pieces decode like the whole");
    }
    return 0;
}
