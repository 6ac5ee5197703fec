// Engine.IO payloads: whatever parses is written and read again as the same packets.
#include "http/socketio/engine_packet.hpp"
#include "require.hpp"

using namespace cang;
using namespace cang::socketio;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    PayloadParser payload(text);
    std::string written;
    std::size_t packets = 0;
    while (!payload.finished()) {
        fuzz::require(++packets <= size + 1, "a payload holds at most one packet a byte");
        auto packet = payload.next();
        if (!packet) {
            fuzz::require(packet.error().position <= size, "an error lies within the text");
            return 0;
        }
        append_to_payload(written, packet->binary ? *make_binary_packet(packet->data)
                                                  : *make_packet(packet->type, packet->data));
    }
    PayloadParser original(text);
    PayloadParser again(written);
    while (!original.finished()) {
        auto first = original.next();
        auto second = again.next();
        fuzz::require(second && first->type == second->type && first->binary == second->binary &&
                          first->data == second->data,
                      "packets survive writing and reading");
    }
    fuzz::require(again.finished(), "no packet is added");
    return 0;
}
