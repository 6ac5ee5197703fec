#include "http/socketio/socket.hpp"

#include "base/bytes.hpp"
#include "http/socketio/client.hpp"

namespace cang::socketio {

namespace {

constexpr std::size_t kIdBytes = 10;
// A client that never answers must not fill the memory.
constexpr std::size_t kMaxAwaitedReplies = 1024;

} // namespace

Socket::Socket(std::shared_ptr<Namespace> name_space, std::shared_ptr<EngineSession> session,
               std::weak_ptr<Client> client)
    : id_(random_hex(kIdBytes)), namespace_(std::move(name_space)), session_(std::move(session)),
      client_(std::move(client)) {}

void Socket::emit(Event event, Acknowledged acknowledged) {
    std::optional<std::uint64_t> id;
    if (acknowledged) {
        std::unique_lock lock(mutex_);
        if (!connected_ || awaited_.size() >= kMaxAwaitedReplies) {
            lock.unlock();
            return acknowledged(std::nullopt);
        }
        id = next_id_++;
        awaited_.emplace(*id, std::move(acknowledged));
    }
    if (connected_)
        send(namespace_->encode(event, id));
}

void Socket::on_reply(std::uint64_t id, Reply reply) {
    Acknowledged acknowledged;
    {
        std::lock_guard lock(mutex_);
        auto found = awaited_.find(id);
        if (found == awaited_.end())
            return;
        acknowledged = std::move(found->second);
        awaited_.erase(found);
    }
    acknowledged(std::move(reply));
}

Acknowledge Socket::acknowledge(std::optional<std::uint64_t> id) {
    if (!id)
        return {};
    auto answered = std::make_shared<std::atomic<bool>>(false);
    return [socket = shared_from_this(), id, answered](Reply reply) {
        if (answered->exchange(true) || !socket->connected_)
            return;
        SocketPacket packet{.type = SocketPacketType::ack, .name_space = socket->namespace_->name(), .id = id};
        packet.payload = std::move(reply.arguments);
        packet.attachments = std::move(reply.attachments);
        socket->send(socketio::encode(packet));
    };
}

void Socket::join(const std::string& room) { namespace_->join(shared_from_this(), room); }

void Socket::leave(const std::string& room) { namespace_->leave(shared_from_this(), room); }

void Socket::disconnect(bool whole_session) {
    if (!connected_)
        return;
    SocketPacket packet{.type = SocketPacketType::disconnect, .name_space = namespace_->name()};
    send(socketio::encode(packet));
    if (auto client = client_.lock())
        client->forget(*this);
    end("server namespace disconnect");
    if (whole_session)
        session_->close("server namespace disconnect");
}

void Socket::end(std::string_view reason) {
    auto self = shared_from_this();
    if (!connected_.exchange(false))
        return;
    namespace_->remove(self);
    std::unordered_map<std::uint64_t, Acknowledged> awaited;
    {
        std::lock_guard lock(mutex_);
        awaited.swap(awaited_);
    }
    for (const auto& [id, acknowledged] : awaited)
        acknowledged(std::nullopt);
    if (namespace_->handlers_.on_disconnect)
        namespace_->handlers_.on_disconnect(self, reason);
}

std::size_t Namespace::size() const {
    std::lock_guard lock(mutex_);
    return sockets_.size();
}

bool Namespace::has_room(const std::string& room) const {
    std::lock_guard lock(mutex_);
    return rooms_.contains(room);
}

std::vector<SharedPacket> Namespace::encode(const Event& event, std::optional<std::uint64_t> id) const {
    SocketPacket packet{.type = SocketPacketType::event, .name_space = name_, .id = id};
    json::array payload;
    payload.reserve(event.arguments.size() + 1);
    payload.emplace_back(event.name);
    for (const auto& argument : event.arguments)
        payload.push_back(argument);
    packet.payload = std::move(payload);
    packet.attachments = event.attachments;
    return socketio::encode(packet);
}

void Namespace::emit(const Event& event, const Socket* except) {
    auto packets = encode(event);
    std::lock_guard lock(mutex_);
    for (const auto& socket : sockets_)
        if (socket.get() != except)
            socket->send(packets);
}

void Namespace::emit_to(const std::string& room, const Event& event, const Socket* except) {
    auto packets = encode(event);
    std::lock_guard lock(mutex_);
    auto found = rooms_.find(room);
    if (found == rooms_.end())
        return;
    for (const auto& socket : found->second)
        if (socket.get() != except)
            socket->send(packets);
}

void Namespace::add(const SocketPtr& socket) {
    std::lock_guard lock(mutex_);
    sockets_.insert(socket);
}

void Namespace::remove(const SocketPtr& socket) {
    std::lock_guard lock(mutex_);
    auto rooms = std::exchange(socket->rooms_, {});
    for (const auto& room : rooms)
        leave_locked(socket, room);
    sockets_.erase(socket);
}

void Namespace::join(const SocketPtr& socket, const std::string& room) {
    std::lock_guard lock(mutex_);
    if (!sockets_.contains(socket))
        return; // it left meanwhile
    if (rooms_[room].insert(socket).second)
        socket->rooms_.push_back(room);
}

void Namespace::leave(const SocketPtr& socket, const std::string& room) {
    std::lock_guard lock(mutex_);
    std::erase(socket->rooms_, room);
    leave_locked(socket, room);
}

void Namespace::leave_locked(const SocketPtr& socket, const std::string& room) {
    auto found = rooms_.find(room);
    if (found == rooms_.end())
        return;
    found->second.erase(socket);
    if (found->second.empty())
        rooms_.erase(found);
}

} // namespace cang::socketio
