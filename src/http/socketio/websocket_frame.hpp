// WebSocket framing on the server's side (RFC 6455 §5), strict and bounded, without extensions. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace cang::socketio {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// A whole message with its fragments joined, or a control frame.
struct WebSocketMessage {
    Opcode opcode = Opcode::text;
    std::string payload;
};

// Why a peer's bytes are refused, and the status code to close with (§7.4.1).
struct WebSocketFault {
    std::uint16_t code = 1002;
    std::string_view reason;
};

class WebSocketDecoder {
public:
    // A message larger than `max_message_bytes`, over all of its fragments, is a fault.
    explicit WebSocketDecoder(std::size_t max_message_bytes) : max_message_bytes_(max_message_bytes) {}

    // Takes bytes from the front of `bytes` until a message or control frame is whole; nullopt when all are taken and
    // more are needed. After a fault the decoder must not be used. Text and close reasons are valid UTF-8, close codes
    // are ones that may be sent.
    std::expected<std::optional<WebSocketMessage>, WebSocketFault> next(std::string_view& bytes);

private:
    const char* check_start() const noexcept;
    std::size_t header_size() const noexcept;
    std::optional<WebSocketFault> begin_payload();
    void take_payload(std::string_view& bytes);
    std::expected<std::optional<WebSocketMessage>, WebSocketFault> end_frame();
    Opcode opcode() const noexcept { return static_cast<Opcode>(header_[0] & 0x0f); }
    bool is_final() const noexcept { return (header_[0] & 0x80) != 0; }
    bool is_control() const noexcept { return (header_[0] & 0x08) != 0; }

    std::size_t max_message_bytes_;
    std::string message_; // fragments so far
    std::string control_; // may arrive between fragments
    std::uint64_t payload_left_ = 0;
    std::uint64_t payload_taken_ = 0;
    std::array<unsigned char, 14> header_{};
    std::uint8_t header_filled_ = 0;
    bool in_payload_ = false;
    bool fragmented_ = false; // a message has begun and is not final
    Opcode message_opcode_ = Opcode::text;
};

// Header of an unmasked final frame.
void append_frame_header(std::string& out, Opcode opcode, std::size_t payload_bytes);
std::string encode_frame(Opcode opcode, std::string_view payload);
std::string encode_close_frame(std::uint16_t code, std::string_view reason);

} // namespace cang::socketio
