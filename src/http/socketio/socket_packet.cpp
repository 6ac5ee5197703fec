#include "http/socketio/socket_packet.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>

namespace cang::socketio {

namespace {

// Names that clients use for events of their own; a peer that sends them could feign those.
constexpr std::array<std::string_view, 6> kReservedNames{"connect",       "connect_error", "disconnect",
                                                         "disconnecting", "newListener",   "removeListener"};

std::unexpected<ParseError> wrong(std::string reason, std::size_t position) {
    return std::unexpected(ParseError{std::move(reason), position});
}

// Digits at `at`, moving past them; nullopt when there are none or too many.
std::optional<std::uint64_t> take_number(std::string_view text, std::size_t& at) {
    std::uint64_t number = 0;
    auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), number);
    if (error != std::errc())
        return std::nullopt;
    at = static_cast<std::size_t>(end - text.data());
    return number;
}

bool is_digit(std::string_view text, std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; }

bool is_binary(SocketPacketType type) {
    return type == SocketPacketType::binary_event || type == SocketPacketType::binary_ack;
}

// Whether every placeholder names one of `count` attachments. The parser has bounded the depth.
bool placeholders_fit(const json::value& value, std::size_t count) {
    if (const auto* array = value.if_array())
        return std::ranges::all_of(*array, [&](const json::value& each) { return placeholders_fit(each, count); });
    const auto* object = value.if_object();
    if (!object)
        return true;
    if (const auto* mark = object->if_contains("_placeholder"); mark && mark->is_bool() && mark->get_bool()) {
        const auto* number = object->if_contains("num");
        return number && number->is_int64() && number->get_int64() >= 0 &&
               static_cast<std::uint64_t>(number->get_int64()) < count;
    }
    return std::ranges::all_of(*object, [&](const auto& each) { return placeholders_fit(each.value(), count); });
}

// Boost.JSON reads 1e400 as infinity and 0e400 as no number; neither could be written again.
bool numbers_fit(const json::value& value) {
    if (const auto* number = value.if_double())
        return std::isfinite(*number);
    if (const auto* array = value.if_array())
        return std::ranges::all_of(*array, numbers_fit);
    const auto* object = value.if_object();
    return !object || std::ranges::all_of(*object, [](const auto& each) { return numbers_fit(each.value()); });
}

bool is_event(const json::value& payload) {
    const auto* array = payload.if_array();
    if (!array || array->empty() || !array->front().is_string())
        return false;
    std::string_view name = array->front().get_string();
    return std::ranges::find(kReservedNames, name) == kReservedNames.end();
}

const char* check_payload(const SocketPacket& packet) {
    switch (packet.type) {
    case SocketPacketType::connect:
        return packet.payload.is_null() || packet.payload.is_object() ? nullptr : "the connect payload is no object";
    case SocketPacketType::disconnect: return packet.payload.is_null() ? nullptr : "a disconnect packet has no payload";
    case SocketPacketType::connect_error:
        return packet.payload.is_object() || packet.payload.is_string() ? nullptr : "a connect error has a reason";
    case SocketPacketType::event:
    case SocketPacketType::binary_event: return is_event(packet.payload) ? nullptr : "the event is malformed";
    case SocketPacketType::ack:
    case SocketPacketType::binary_ack:
        return packet.payload.is_array() && packet.id ? nullptr : "the acknowledgement is malformed";
    }
    return "the packet type is unknown";
}

} // namespace

std::expected<SocketPacket, ParseError> parse_socket_packet(std::string_view text) {
    if (text.empty() || text.front() < '0' || text.front() > '6')
        return wrong("the packet type is unknown", 0);
    SocketPacket packet{.type = static_cast<SocketPacketType>(text.front() - '0')};
    std::size_t at = 1;
    if (is_binary(packet.type)) {
        auto count = take_number(text, at);
        if (!count || *count > kMaxAttachments || at >= text.size() || text[at++] != '-')
            return wrong("the number of attachments is malformed", 1);
        packet.awaited_attachments = static_cast<std::size_t>(*count);
    }
    if (at < text.size() && text[at] == '/') {
        auto end = std::min(text.find(',', at), text.size());
        packet.name_space = text.substr(at, end - at);
        if (packet.name_space.size() > kMaxNamespaceBytes)
            return wrong("the namespace is too long", at);
        at = std::min(end + 1, text.size());
    }
    if (is_digit(text, at)) {
        auto start = at;
        packet.id = take_number(text, at);
        if (!packet.id)
            return wrong("the acknowledgement id is too large", start);
    }
    if (at < text.size()) {
        boost::system::error_code error;
        packet.payload = json::parse(text.substr(at), error);
        if (error)
            return wrong("the payload is not JSON", at);
        if (packet.payload.is_null())
            return wrong("the payload is null", at);
        if (!numbers_fit(packet.payload))
            return wrong("a number of the payload is out of range", at);
    }
    if (const char* reason = check_payload(packet))
        return wrong(reason, at);
    if (is_binary(packet.type) && !placeholders_fit(packet.payload, packet.awaited_attachments))
        return wrong("a placeholder names no attachment", at);
    return packet;
}

std::string to_text(const SocketPacket& packet) {
    auto count = std::max(packet.attachments.size(), packet.awaited_attachments);
    auto type = packet.type;
    if (count > 0 && type == SocketPacketType::event)
        type = SocketPacketType::binary_event;
    if (count > 0 && type == SocketPacketType::ack)
        type = SocketPacketType::binary_ack;
    std::string text(1, static_cast<char>('0' + static_cast<int>(type)));
    if (is_binary(type))
        text.append(std::to_string(count)).append("-");
    if (packet.name_space != "/")
        text.append(packet.name_space).append(",");
    if (packet.id)
        text.append(std::to_string(*packet.id));
    if (!packet.payload.is_null())
        text.append(json::serialize(packet.payload));
    return text;
}

std::vector<SharedPacket> encode(const SocketPacket& packet) {
    std::vector<SharedPacket> packets{make_packet(EnginePacketType::message, to_text(packet))};
    for (const auto& attachment : packet.attachments)
        packets.push_back(make_binary_packet(attachment));
    return packets;
}

} // namespace cang::socketio
