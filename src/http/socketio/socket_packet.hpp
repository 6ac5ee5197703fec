// Socket.IO v5 packets: type, number of attachments, namespace, acknowledgement id, JSON.
// https://github.com/socketio/socket.io/blob/main/docs/socket.io-protocol/v5.md. Pure.
#pragma once

#include "base/error.hpp"
#include "http/socketio/engine_packet.hpp"

#include <boost/json/value.hpp>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cang::socketio {

namespace json = boost::json;

enum class SocketPacketType : std::uint8_t { connect, disconnect, event, ack, connect_error, binary_event, binary_ack };

// Attachments stand in `payload` as {"_placeholder":true,"num":N}.
struct SocketPacket {
    SocketPacketType type = SocketPacketType::connect;
    std::string name_space = "/";
    std::optional<std::uint64_t> id;
    json::value payload; // null: none
    std::vector<std::string> attachments;
    std::size_t awaited_attachments = 0; // as the text announced

    bool complete() const noexcept { return attachments.size() >= awaited_attachments; }
};

// More attachments in one packet than any client of ours sends; what a packet may hold is this times the payload limit.
inline constexpr std::size_t kMaxAttachments = 10;
inline constexpr std::size_t kMaxNamespaceBytes = 128;

// The text part of a packet. The payload fits the type: an object or nothing to connect, [name, …] in an event, an
// array and an id in an acknowledgement. Each placeholder names an announced attachment.
std::expected<SocketPacket, ParseError> parse_socket_packet(std::string_view text);

// The text and then the attachments, whatever type says: binary types are chosen when there are attachments.
std::vector<SharedPacket> encode(const SocketPacket& packet);

// The text of `packet`, as parse_socket_packet() reads it.
std::string to_text(const SocketPacket& packet);

} // namespace cang::socketio
