// Socket.IO v5: one client's connection to one namespace, and the namespace with its rooms.
//
// Everything here may be called from any thread. What is emitted is encoded once, however many clients it goes to, and
// only queued here; the event loops of the clients' connections write it.
#pragma once

#include "http/socketio/engine_session.hpp"
#include "http/socketio/socket_packet.hpp"

#include <map>
#include <unordered_map>
#include <unordered_set>

namespace cang::socketio {

// Attachments stand in the arguments as {"_placeholder":true,"num":N}.
struct Event {
    std::string name;
    json::array arguments;
    std::vector<std::string> attachments;
};

struct Reply {
    json::array arguments;
    std::vector<std::string> attachments;
};

// Answers an event, once; later calls do nothing. Empty when the client does not want an answer.
using Acknowledge = std::function<void(Reply)>;
// nullopt: the client went away, or too many answers are awaited from it.
using Acknowledged = std::function<void(std::optional<Reply>)>;

struct Refusal {
    std::string message;
    json::value data; // null: none
};

class Client;
class Namespace;
class Socket;
using SocketPtr = std::shared_ptr<Socket>;

// Called in the coroutine that received the packet; the client's next packets wait for it, its heartbeat too, so that a
// handler must be done well within the ping timeout. What one throws ends the client's session.
struct NamespaceHandlers {
    // Empty: everybody may connect. `auth` is empty when the client sent none.
    std::function<awaitable<std::optional<Refusal>>(const Peer&, const json::object& auth)> authorize;
    std::function<void(const SocketPtr&, const json::object& auth)> on_connect;
    std::function<awaitable<void>(SocketPtr, Event, Acknowledge)> on_event;
    // Once for each socket that was connected; any thread, without locks held.
    std::function<void(const SocketPtr&, std::string_view reason)> on_disconnect;
};

class Socket : public std::enable_shared_from_this<Socket> {
public:
    Socket(std::shared_ptr<Namespace> name_space, std::shared_ptr<EngineSession> session, std::weak_ptr<Client> client);

    const std::string& id() const noexcept { return id_; }
    const Peer& peer() const noexcept { return session_->peer(); }
    void emit(Event event, Acknowledged acknowledged = {});
    void join(const std::string& room);
    void leave(const std::string& room);
    // From the namespace; with `whole_session` the connection of all namespaces too.
    void disconnect(bool whole_session = false);
    bool connected() const noexcept { return connected_; }
    // What the client has not taken yet, for whoever can wait.
    std::size_t queued_bytes() const { return session_->queued_bytes(); }

private:
    friend class Client;
    friend class Namespace;

    void send(std::span<const SharedPacket> packets) { session_->send(packets); }
    void on_reply(std::uint64_t id, Reply reply);
    Acknowledge acknowledge(std::optional<std::uint64_t> id);
    void end(std::string_view reason);

    const std::string id_;
    const std::shared_ptr<Namespace> namespace_;
    const std::shared_ptr<EngineSession> session_;
    const std::weak_ptr<Client> client_;
    std::atomic<bool> connected_ = true;
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, Acknowledged> awaited_;
    std::uint64_t next_id_ = 0;
    std::vector<std::string> rooms_; // under the namespace's lock
};

class Namespace : public std::enable_shared_from_this<Namespace> {
public:
    Namespace(std::string name, NamespaceHandlers handlers) : name_(std::move(name)), handlers_(std::move(handlers)) {}

    const std::string& name() const noexcept { return name_; }
    std::size_t size() const; // connected sockets
    bool has_room(const std::string& room) const;
    // To all sockets but `except`.
    void emit(const Event& event, const Socket* except = nullptr);
    void emit_to(const std::string& room, const Event& event, const Socket* except = nullptr);

private:
    friend class Client;
    friend class Socket;
    using Sockets = std::unordered_set<SocketPtr>;

    void add(const SocketPtr& socket);
    void remove(const SocketPtr& socket);
    void join(const SocketPtr& socket, const std::string& room);
    void leave(const SocketPtr& socket, const std::string& room);
    void leave_locked(const SocketPtr& socket, const std::string& room);
    std::vector<SharedPacket> encode(const Event& event, std::optional<std::uint64_t> id = {}) const;

    const std::string name_;
    const NamespaceHandlers handlers_;
    mutable std::mutex mutex_;
    Sockets sockets_;
    std::unordered_map<std::string, Sockets> rooms_; // none is empty
};

} // namespace cang::socketio
