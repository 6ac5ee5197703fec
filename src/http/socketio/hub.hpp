// A Socket.IO v5 server: namespaces on top of Engine.IO, as HTTP routes.
#pragma once

#include "http/socketio/client.hpp"
#include "http/socketio/engine.hpp"

namespace cang::socketio {

struct HubOptions {
    EngineOptions engine;
    // A client that has joined no namespace by then is dropped.
    std::chrono::milliseconds connect_timeout{45'000};
};

class Hub {
public:
    explicit Hub(HubOptions options = {});

    // Before routes(). `name` begins with '/'; "/" is the main one. Throws Error{internal} for a name taken or bad.
    std::shared_ptr<Namespace> add(std::string name, NamespaceHandlers handlers);
    // The server that serves them must be stopped before the hub goes.
    std::vector<http::Route> routes(const std::string& name, std::string_view permission = "public");
    std::size_t sessions() const { return engine_->sessions(); }
    void close_all(std::string_view reason) { engine_->close_all(reason); }
    void stop() { engine_->stop(); } // see Engine::stop

private:
    std::shared_ptr<Namespaces> namespaces_;
    std::unique_ptr<Engine> engine_;
    bool serving_ = false;
};

} // namespace cang::socketio
