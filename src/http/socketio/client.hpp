// One Socket.IO client: its session's packets, sorted by namespace. Private to the hub.
#pragma once

#include "http/socketio/socket.hpp"

namespace cang::socketio {

// By name; fixed once the hub serves.
using Namespaces = std::map<std::string, std::shared_ptr<Namespace>, std::less<>>;

class Client final : public SessionListener, public std::enable_shared_from_this<Client> {
public:
    Client(std::shared_ptr<const Namespaces> namespaces, std::weak_ptr<EngineSession> session,
           SteadyTime connect_deadline)
        : namespaces_(std::move(namespaces)), session_(std::move(session)), connect_deadline_(connect_deadline) {}

    awaitable<bool> on_message(EnginePacket packet) override;
    void on_close(std::string_view reason) override;
    bool on_tick(SteadyTime now) override;
    void forget(const Socket& socket);

private:
    awaitable<bool> on_packet(SocketPacket packet);
    awaitable<void> connect(SocketPacket packet);
    void refuse(const std::string& name_space, Refusal refusal);
    SocketPtr find(const std::string& name_space);
    SocketPtr take(const std::string& name_space);

    const std::shared_ptr<const Namespaces> namespaces_;
    const std::weak_ptr<EngineSession> session_;
    const SteadyTime connect_deadline_;
    std::optional<SocketPacket> incomplete_; // waits for attachments
    std::mutex mutex_;
    std::map<std::string, SocketPtr> sockets_; // by namespace
    bool ever_connected_ = false;
    bool closed_ = false;
};

} // namespace cang::socketio
