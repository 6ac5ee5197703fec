// Socket.IO packets: whatever parses is bounded, and means the same when it is written and read again.
#include "http/socketio/socket_packet.hpp"
#include "require.hpp"

using namespace cang;
using namespace cang::socketio;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto packet = parse_socket_packet(text);
    if (!packet) {
        fuzz::require(packet.error().position <= size, "an error lies within the text");
        return 0;
    }
    fuzz::require(packet->awaited_attachments <= kMaxAttachments, "attachments are bounded");
    fuzz::require(packet->name_space.size() <= kMaxNamespaceBytes, "namespaces are bounded");
    auto written = to_text(*packet);
    auto again = parse_socket_packet(written);
    fuzz::require(again.has_value(), "what is written can be read");
    fuzz::require(again->type == packet->type && again->id == packet->id && again->name_space == packet->name_space,
                  "a packet survives writing and reading");
    // Not the payload's text: numbers beyond 64 bits are read as the nearest double but one.
    fuzz::require(again->payload.kind() == packet->payload.kind(), "a payload keeps its kind");
    return 0;
}
