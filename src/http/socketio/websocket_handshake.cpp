#include "http/socketio/websocket_handshake.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <openssl/sha.h>

namespace cang::socketio {

namespace {

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

bool lists_word(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        auto end = std::min(list.find(','), list.size());
        auto item = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
        item = item.substr(0, item.find_last_not_of(" \t") + 1);
        if (same_word(item, word))
            return true;
    }
    return false;
}

bool is_key(std::string_view key) {
    auto bytes = from_base64(key);
    return key.size() == 24 && bytes && bytes->size() == 16;
}

} // namespace

bool asks_for_websocket(const http::Request& request) { return lists_word(request.header("Upgrade"), "websocket"); }

http::Response accept_websocket(const http::Request& request) {
    if (request.header("Sec-WebSocket-Version") != "13") {
        auto response = http::text_response(426, "only version 13 of the WebSocket protocol is spoken here\n");
        response.headers.add("Sec-WebSocket-Version", "13");
        return response;
    }
    auto key = request.header("Sec-WebSocket-Key");
    if (!lists_word(request.header("Connection"), "upgrade") || !is_key(key))
        return http::text_response(400, "the WebSocket handshake is malformed\n");
    http::Response response;
    response.status = 101;
    response.headers.add("Upgrade", "websocket");
    response.headers.add("Sec-WebSocket-Accept", websocket_accept(key));
    return response;
}

std::string websocket_accept(std::string_view key) {
    std::string text(key);
    text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // §1.3
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return to_base64(std::as_bytes(std::span(digest)));
}

} // namespace cang::socketio
