// The opening handshake of a WebSocket, server side (RFC 6455 §4.2).
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

#include <string>
#include <string_view>

namespace cang::socketio {

// Whether the request asks for a WebSocket at all.
bool asks_for_websocket(const http::Request& request);

// The 101 response, without a takeover; 400 or 426 when the request's handshake is wrong. No extension and no
// subprotocol is chosen.
http::Response accept_websocket(const http::Request& request);

// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string websocket_accept(std::string_view key);

} // namespace cang::socketio
