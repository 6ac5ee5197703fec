// The receiving side of a session's WebSocket: frames come in here and go to the session as packets; what goes out is
// the link's business. Private to the engine.
#pragma once

#include "http/response.hpp"
#include "http/socketio/engine_session.hpp"
#include "http/socketio/websocket_frame.hpp"

namespace cang::socketio {

class WebSocketConnection final : public http::Upgraded {
public:
    // The session has the link, or was offered it.
    WebSocketConnection(std::shared_ptr<EngineSession> session, std::shared_ptr<WebSocketLink> link,
                        std::size_t max_message_bytes)
        : session_(std::move(session)), link_(std::move(link)), decoder_(max_message_bytes) {}
    ~WebSocketConnection() override; // tells the session that its link has ended
    WebSocketConnection(const WebSocketConnection&) = delete;
    WebSocketConnection& operator=(const WebSocketConnection&) = delete;

    awaitable<bool> on_bytes(std::string_view bytes) override;

private:
    awaitable<bool> on_frame(WebSocketMessage message);
    awaitable<bool> on_packet(EnginePacket packet);

    const std::shared_ptr<EngineSession> session_;
    const std::shared_ptr<WebSocketLink> link_;
    WebSocketDecoder decoder_;
};

} // namespace cang::socketio
