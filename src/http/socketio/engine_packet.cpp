#include "http/socketio/engine_packet.hpp"

#include "base/bytes.hpp"
#include "http/socketio/websocket_frame.hpp"

namespace cang::socketio {

namespace {

constexpr char kSeparator = '\x1e';

} // namespace

std::expected<EnginePacket, ParseError> parse_engine_packet(std::string_view text) {
    if (text.empty())
        return std::unexpected(ParseError{"the packet is empty", 0});
    if (text.front() < '0' || text.front() > '6')
        return std::unexpected(ParseError{"the packet type is unknown", 0});
    return EnginePacket{static_cast<EnginePacketType>(text.front() - '0'), false, std::string(text.substr(1))};
}

std::expected<EnginePacket, ParseError> PayloadParser::next() {
    auto start = at_;
    auto end = payload_.find(kSeparator, start);
    finished_ = end == std::string_view::npos;
    at_ = finished_ ? payload_.size() : end + 1;
    auto text = payload_.substr(start, finished_ ? end : end - start);
    if (text.starts_with('b')) {
        auto bytes = from_base64(text.substr(1));
        if (!bytes)
            return std::unexpected(ParseError{"the packet is not base64", start + 1});
        return EnginePacket{EnginePacketType::message, true, std::move(*bytes)};
    }
    auto packet = parse_engine_packet(text);
    if (!packet)
        packet.error().position += start;
    return packet;
}

SharedPacket make_packet(EnginePacketType type, std::string_view data) {
    auto packet = std::make_shared<OutgoingPacket>();
    packet->frame.reserve(data.size() + 11);
    append_frame_header(packet->frame, Opcode::text, data.size() + 1);
    packet->header_bytes = static_cast<std::uint8_t>(packet->frame.size());
    packet->frame += static_cast<char>('0' + static_cast<int>(type));
    packet->frame.append(data);
    return packet;
}

SharedPacket make_binary_packet(std::string_view bytes) {
    auto packet = std::make_shared<OutgoingPacket>();
    packet->frame.reserve(bytes.size() + 10);
    append_frame_header(packet->frame, Opcode::binary, bytes.size());
    packet->header_bytes = static_cast<std::uint8_t>(packet->frame.size());
    packet->binary = true;
    packet->frame.append(bytes);
    return packet;
}

void append_to_payload(std::string& payload, const OutgoingPacket& packet) {
    if (!payload.empty())
        payload += kSeparator;
    if (packet.binary)
        payload.append("b").append(to_base64(as_bytes(packet.payload())));
    else
        payload.append(packet.payload());
}

} // namespace cang::socketio
