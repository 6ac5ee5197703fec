// Engine.IO v4 packets: a type digit and data; in polling payloads joined with U+001E, binary ones as "b" and base64.
// https://github.com/socketio/socket.io/blob/main/docs/engine.io-protocol/v4.md. Pure.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace cang::socketio {

enum class EnginePacketType : std::uint8_t { open, close, ping, pong, message, upgrade, noop };

// Binary packets are always messages.
struct EnginePacket {
    EnginePacketType type = EnginePacketType::message;
    bool binary = false;
    std::string data;
};

// One packet as a WebSocket text message holds it.
std::expected<EnginePacket, ParseError> parse_engine_packet(std::string_view text);

// The packets of one polling payload, one at a time, so that a payload of many empty packets costs no memory.
class PayloadParser {
public:
    // An empty payload is one malformed packet.
    explicit PayloadParser(std::string_view payload) : payload_(payload) {}
    bool finished() const noexcept { return finished_; }
    std::expected<EnginePacket, ParseError> next();

private:
    std::string_view payload_;
    std::size_t at_ = 0;
    bool finished_ = false;
};

// A packet ready to be sent, encoded once however many clients it goes to.
struct OutgoingPacket {
    std::string frame; // as a whole WebSocket frame
    std::uint8_t header_bytes = 0;
    bool binary = false;

    // Without the frame's header.
    std::string_view payload() const noexcept { return std::string_view(frame).substr(header_bytes); }
};
using SharedPacket = std::shared_ptr<const OutgoingPacket>;

SharedPacket make_packet(EnginePacketType type, std::string_view data = {});
SharedPacket make_binary_packet(std::string_view bytes);

// As one more packet of a polling payload.
void append_to_payload(std::string& payload, const OutgoingPacket& packet);

} // namespace cang::socketio
