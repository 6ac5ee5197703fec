// Engine.IO v4 server: handshakes, the two transports as HTTP routes, heartbeats.
// https://github.com/socketio/socket.io/blob/main/docs/engine.io-protocol/v4.md
#pragma once

#include "http/router.hpp"
#include "http/socketio/engine_session.hpp"

namespace cang::socketio {

class Engine {
public:
    // Called for each new session before its first packet; any thread.
    using Listen = std::function<std::shared_ptr<SessionListener>(const std::shared_ptr<EngineSession>&)>;

    Engine(EngineOptions options, Listen listen);
    // Stops. The server that serves the routes must be stopped before.
    ~Engine();

    // `name` is the routes' common prefix; access is checked as the server's hook says for `access`.
    std::vector<http::Route> routes(const std::string& name, std::string_view permission = "public");
    std::size_t sessions() const;
    // Ends all sessions.
    void close_all(std::string_view reason);
    // Ends all sessions and takes no new ones. Idempotent, not to be called from a handler.
    void stop();

private:
    class Core;
    std::shared_ptr<Core> core_;
};

} // namespace cang::socketio
