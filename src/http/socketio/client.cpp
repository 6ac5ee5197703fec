#include "http/socketio/client.hpp"

namespace cang::socketio {

awaitable<bool> Client::on_message(EnginePacket packet) {
    if (packet.binary) {
        if (!incomplete_)
            co_return false;
        incomplete_->attachments.push_back(std::move(packet.data));
    } else {
        auto parsed = parse_socket_packet(packet.data);
        if (incomplete_ || !parsed)
            co_return false;
        incomplete_ = std::move(*parsed);
    }
    if (!incomplete_->complete())
        co_return true;
    auto whole = std::move(*incomplete_);
    incomplete_.reset();
    bool valid = co_await on_packet(std::move(whole));
    co_return valid;
}

awaitable<bool> Client::on_packet(SocketPacket packet) {
    if (packet.type == SocketPacketType::connect) {
        co_await connect(std::move(packet));
        co_return true;
    }
    if (packet.type == SocketPacketType::connect_error)
        co_return false; // only a server says that
    if (packet.type == SocketPacketType::disconnect) {
        if (auto socket = take(packet.name_space))
            socket->end("client namespace disconnect");
        co_return true;
    }
    auto socket = find(packet.name_space);
    if (!socket)
        co_return true; // it may not know yet that it was disconnected
    auto& payload = packet.payload.get_array();
    if (packet.type == SocketPacketType::ack || packet.type == SocketPacketType::binary_ack) {
        socket->on_reply(*packet.id, Reply{std::move(payload), std::move(packet.attachments)});
        co_return true;
    }
    const auto& handlers = socket->namespace_->handlers_;
    if (!handlers.on_event)
        co_return true;
    Event event{std::string(payload.front().get_string()), {}, std::move(packet.attachments)};
    payload.erase(payload.begin());
    event.arguments = std::move(payload);
    auto acknowledge = socket->acknowledge(packet.id);
    co_await handlers.on_event(std::move(socket), std::move(event), std::move(acknowledge));
    co_return true;
}

awaitable<void> Client::connect(SocketPacket packet) {
    auto session = session_.lock();
    auto found = namespaces_->find(packet.name_space);
    if (!session || find(packet.name_space))
        co_return; // connecting twice changes nothing
    if (found == namespaces_->end()) {
        refuse(packet.name_space, Refusal{"Invalid namespace", nullptr});
        co_return;
    }
    const auto& name_space = found->second;
    json::object auth;
    if (auto* object = packet.payload.if_object())
        auth = std::move(*object);
    if (name_space->handlers_.authorize) {
        auto refusal = co_await name_space->handlers_.authorize(session->peer(), auth);
        if (refusal) {
            refuse(packet.name_space, std::move(*refusal));
            co_return;
        }
    }
    auto socket = std::make_shared<Socket>(name_space, session, weak_from_this());
    {
        std::lock_guard lock(mutex_);
        if (closed_)
            co_return;
        ever_connected_ = true;
        sockets_[packet.name_space] = socket;
    }
    SocketPacket answer{.type = SocketPacketType::connect, .name_space = packet.name_space};
    answer.payload = json::object{{"sid", socket->id()}};
    session->send(encode(answer));
    name_space->add(socket);
    if (!socket->connected())
        name_space->remove(socket); // the session closed meanwhile
    else if (name_space->handlers_.on_connect)
        name_space->handlers_.on_connect(socket, auth);
}

void Client::refuse(const std::string& name_space, Refusal refusal) {
    SocketPacket packet{.type = SocketPacketType::connect_error, .name_space = name_space};
    json::object payload{{"message", refusal.message}};
    if (!refusal.data.is_null())
        payload.emplace("data", std::move(refusal.data));
    packet.payload = std::move(payload);
    if (auto session = session_.lock())
        session->send(encode(packet));
}

SocketPtr Client::find(const std::string& name_space) {
    std::lock_guard lock(mutex_);
    auto found = sockets_.find(name_space);
    return found == sockets_.end() ? nullptr : found->second;
}

SocketPtr Client::take(const std::string& name_space) {
    std::lock_guard lock(mutex_);
    auto node = sockets_.extract(name_space);
    return node.empty() ? nullptr : std::move(node.mapped());
}

void Client::forget(const Socket& socket) {
    std::lock_guard lock(mutex_);
    std::erase_if(sockets_, [&](const auto& entry) { return entry.second.get() == &socket; });
}

void Client::on_close(std::string_view reason) {
    std::map<std::string, SocketPtr> sockets;
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
        sockets.swap(sockets_);
    }
    for (const auto& [name, socket] : sockets)
        socket->end(reason);
}

bool Client::on_tick(SteadyTime now) {
    std::lock_guard lock(mutex_);
    return ever_connected_ || now < connect_deadline_;
}

} // namespace cang::socketio
