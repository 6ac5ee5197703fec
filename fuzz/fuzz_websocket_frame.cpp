// WebSocket frames: the same messages come out however the bytes are cut, within the limit, and as valid text. The
// first byte says how to cut.
#include "base/utf8.hpp"
#include "http/socketio/websocket_frame.hpp"
#include "require.hpp"

#include <algorithm>
#include <vector>

using namespace cang;
using namespace cang::socketio;

namespace {

constexpr std::size_t kLimit = 4096;

std::vector<std::string> decode(std::string_view bytes, std::size_t step) {
    WebSocketDecoder decoder(kLimit);
    std::vector<std::string> seen;
    while (!bytes.empty()) {
        auto piece = bytes.substr(0, step);
        bytes.remove_prefix(piece.size());
        while (!piece.empty()) {
            auto message = decoder.next(piece);
            if (!message) {
                seen.push_back("fault " + std::to_string(message.error().code));
                return seen;
            }
            if (!*message)
                break;
            const auto& payload = (*message)->payload;
            fuzz::require(payload.size() <= kLimit, "a message is within the limit");
            fuzz::require((*message)->opcode != Opcode::text || is_utf8(payload), "text is UTF-8");
            seen.push_back(std::to_string(static_cast<int>((*message)->opcode)) + payload);
        }
    }
    return seen;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0)
        return 0;
    std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    auto whole = decode(text, SIZE_MAX);
    fuzz::require(whole == decode(text, std::max<std::size_t>(bytes[0], 1)), "cutting changes nothing");
    return 0;
}
