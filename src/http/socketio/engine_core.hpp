// The sessions of one Engine and what happens to a request or connection of theirs. Private to the engine.
#pragma once

#include "http/socketio/engine.hpp"

#include <condition_variable>
#include <thread>
#include <unordered_map>

namespace cang::socketio {

class Engine::Core : public std::enable_shared_from_this<Engine::Core> {
public:
    Core(EngineOptions options, Listen listen) : options_(std::move(options)), listen_(std::move(listen)) {}

    awaitable<http::Response> handle(http::Request& request);
    const EngineOptions& options() const noexcept { return options_; }
    std::size_t sessions() const;
    std::vector<std::shared_ptr<EngineSession>> all() const;
    void start();
    void stop();

private:
    using SessionPtr = std::shared_ptr<EngineSession>;

    SessionPtr find(const std::string& id) const;
    SessionPtr create(Peer peer); // null when there are too many
    void sweep();
    std::string open_payload(const EngineSession& session, bool upgradable) const;

    http::Response handshake(const http::Request& request);
    awaitable<http::Response> poll(http::Request& request, SessionPtr session);
    awaitable<http::Response> push(http::Request& request, SessionPtr session);
    http::Response open_websocket(const http::Request& request, SessionPtr session);
    // Null when the session takes no WebSocket, or there are too many.
    std::unique_ptr<http::Upgraded> begin_websocket(http::UpgradedStream& stream, SessionPtr session, Peer peer);
    std::shared_ptr<LoopOutbox> outbox(const asio::any_io_executor& executor);

    const EngineOptions options_;
    const Listen listen_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, SessionPtr> sessions_;
    // By event loop; a loop without connections lets go of its outbox.
    std::unordered_map<const asio::execution_context*, std::weak_ptr<LoopOutbox>> outboxes_;
    std::condition_variable stopped_;
    bool stopping_ = false;
    std::thread sweeper_;
};

} // namespace cang::socketio
