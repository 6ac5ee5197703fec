#include "http/socketio/websocket_frame.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <utility>

namespace cang::socketio {

namespace {

constexpr std::size_t kMaxControlBytes = 125; // §5.5

std::unexpected<WebSocketFault> fault(std::uint16_t code, std::string_view reason) {
    return std::unexpected(WebSocketFault{code, reason});
}

std::uint64_t big_endian(const unsigned char* bytes, std::size_t count) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = value << 8 | bytes[i];
    return value;
}

// §7.4: what an endpoint may put into a close frame.
bool may_be_sent(std::uint64_t code) noexcept {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

std::optional<WebSocketFault> check_close(std::string_view payload) {
    if (payload.empty())
        return std::nullopt;
    if (payload.size() < 2 || !may_be_sent(big_endian(reinterpret_cast<const unsigned char*>(payload.data()), 2)))
        return WebSocketFault{1002, "the close code is not valid"};
    if (!is_utf8(payload.substr(2)))
        return WebSocketFault{1007, "the close reason is not UTF-8"};
    return std::nullopt;
}

} // namespace

const char* WebSocketDecoder::check_start() const noexcept {
    if ((header_[0] & 0x70) != 0)
        return "reserved bits are set";
    auto code = opcode();
    bool known = code <= Opcode::binary || (code >= Opcode::close && code <= Opcode::pong);
    if (!known)
        return "the opcode is unknown";
    if ((header_[1] & 0x80) == 0)
        return "a client's frame is not masked";
    if (is_control() && (!is_final() || (header_[1] & 0x7f) > kMaxControlBytes))
        return "a control frame is fragmented or too long";
    if (code == Opcode::continuation && !fragmented_)
        return "a continuation has nothing to continue";
    if ((code == Opcode::text || code == Opcode::binary) && fragmented_)
        return "a message begins inside another";
    return nullptr;
}

std::size_t WebSocketDecoder::header_size() const noexcept {
    auto length = header_[1] & 0x7f;
    return 2 + 4 + (length == 126 ? 2 : length == 127 ? 8 : 0);
}

std::optional<WebSocketFault> WebSocketDecoder::begin_payload() {
    std::uint64_t length = header_[1] & 0x7f;
    if (length >= 126) {
        bool wide = length == 127;
        length = big_endian(header_.data() + 2, wide ? 8 : 2);
        if (length <= (wide ? 0xffffU : 125U) || length >> 63 != 0)
            return WebSocketFault{1002, "a frame's length is not in its shortest form"};
    }
    if (!is_control()) {
        if (length > max_message_bytes_ - message_.size())
            return WebSocketFault{1009, "the message is too large"};
        if (opcode() != Opcode::continuation)
            message_opcode_ = opcode();
        fragmented_ = !is_final();
    }
    payload_left_ = length;
    payload_taken_ = 0;
    in_payload_ = true;
    return std::nullopt;
}

void WebSocketDecoder::take_payload(std::string_view& bytes) {
    auto size = static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size()));
    auto& target = is_control() ? control_ : message_;
    auto start = target.size();
    target.append(bytes.substr(0, size));
    const auto* mask = header_.data() + header_size() - 4;
    for (std::size_t i = 0; i < size; ++i)
        target[start + i] = static_cast<char>(target[start + i] ^ mask[(payload_taken_ + i) & 3]);
    payload_left_ -= size;
    payload_taken_ += size;
    bytes.remove_prefix(size);
}

std::expected<std::optional<WebSocketMessage>, WebSocketFault> WebSocketDecoder::end_frame() {
    in_payload_ = false;
    header_filled_ = 0;
    if (is_control()) {
        WebSocketMessage message{opcode(), std::exchange(control_, {})};
        if (message.opcode == Opcode::close)
            if (auto wrong = check_close(message.payload))
                return std::unexpected(*wrong);
        return message;
    }
    if (fragmented_)
        return std::nullopt;
    WebSocketMessage message{message_opcode_, std::exchange(message_, {})};
    if (message.opcode == Opcode::text && !is_utf8(message.payload))
        return fault(1007, "a text message is not UTF-8");
    return message;
}

std::expected<std::optional<WebSocketMessage>, WebSocketFault> WebSocketDecoder::next(std::string_view& bytes) {
    while (!bytes.empty()) {
        while (!in_payload_ && !bytes.empty()) {
            header_[header_filled_++] = static_cast<unsigned char>(bytes.front());
            bytes.remove_prefix(1);
            if (header_filled_ < 2)
                continue;
            if (header_filled_ == 2)
                if (const char* wrong = check_start())
                    return fault(1002, wrong);
            if (header_filled_ == header_size())
                if (auto wrong = begin_payload())
                    return std::unexpected(*wrong);
        }
        if (!in_payload_)
            break;
        take_payload(bytes);
        if (payload_left_ > 0)
            break;
        auto message = end_frame();
        if (!message || *message)
            return message;
    }
    return std::nullopt;
}

void append_frame_header(std::string& out, Opcode opcode, std::size_t payload_bytes) {
    out += static_cast<char>(0x80 | static_cast<unsigned char>(opcode));
    std::size_t width = payload_bytes < 126 ? 0 : payload_bytes <= 0xffff ? 2 : 8;
    out += static_cast<char>(width == 0 ? payload_bytes : width == 2 ? 126 : 127);
    for (std::size_t i = width; i > 0; --i)
        out += static_cast<char>(payload_bytes >> (8 * (i - 1)) & 0xff);
}

std::string encode_frame(Opcode opcode, std::string_view payload) {
    std::string out;
    append_frame_header(out, opcode, payload.size());
    out.append(payload);
    return out;
}

std::string encode_close_frame(std::uint16_t code, std::string_view reason) {
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    payload.append(reason.substr(0, kMaxControlBytes - 2));
    return encode_frame(Opcode::close, payload);
}

} // namespace cang::socketio
