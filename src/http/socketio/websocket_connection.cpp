#include "http/socketio/websocket_connection.hpp"

namespace cang::socketio {

WebSocketConnection::~WebSocketConnection() {
    link_->detach();
    session_->link_ended(link_);
}

awaitable<bool> WebSocketConnection::on_bytes(std::string_view bytes) {
    while (!bytes.empty()) {
        auto message = decoder_.next(bytes);
        if (!message) {
            link_->close(message.error().code, message.error().reason);
            link_->flush();
            co_return false;
        }
        if (!*message)
            break;
        bool open = co_await on_frame(std::move(**message));
        if (!open) {
            link_->flush();
            co_return false;
        }
    }
    co_return true;
}

awaitable<bool> WebSocketConnection::on_frame(WebSocketMessage message) {
    switch (message.opcode) {
    case Opcode::pong: co_return true;
    case Opcode::ping: {
        auto pong = std::make_shared<OutgoingPacket>();
        pong->frame = encode_frame(Opcode::pong, message.payload);
        link_->send(std::move(pong));
        co_return true;
    }
    case Opcode::close: link_->close(1000); co_return false;
    default: break;
    }
    EnginePacket packet{EnginePacketType::message, true, {}};
    if (message.opcode == Opcode::binary) {
        packet.data = std::move(message.payload);
    } else if (auto parsed = parse_engine_packet(message.payload)) {
        packet = std::move(*parsed);
    } else {
        link_->close(1000);
        co_return false;
    }
    bool open = co_await on_packet(std::move(packet));
    co_return open;
}

awaitable<bool> WebSocketConnection::on_packet(EnginePacket packet) {
    bool carried = session_->carrier() == EngineSession::Carrier::websocket;
    if (packet.type == EnginePacketType::ping && packet.data == "probe" && !carried)
        co_return session_->begin_upgrade(link_);
    if (packet.type == EnginePacketType::upgrade && !carried)
        co_return session_->finish_upgrade(link_);
    if (!carried) {
        link_->close(1000);
        co_return false;
    }
    co_await session_->receive(std::move(packet));
    co_return session_->carrier() == EngineSession::Carrier::websocket;
}

} // namespace cang::socketio
