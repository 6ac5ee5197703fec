// The server that the public protocol suites of Engine.IO v4 and Socket.IO v5 talk to: short heartbeats, and handlers
// that send back what they are sent. usage: socketio_echo_server [PORT]; prints the port it listens on.
#include "http/server.hpp"
#include "http/socketio/hub.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace cang;
using namespace cang::socketio;

class EchoListener final : public SessionListener {
public:
    explicit EchoListener(std::weak_ptr<EngineSession> session) : session_(std::move(session)) {}
    awaitable<bool> on_message(EnginePacket packet) override {
        std::vector<SharedPacket> packets{packet.binary ? make_binary_packet(packet.data)
                                                        : make_packet(EnginePacketType::message, packet.data)};
        if (auto session = session_.lock())
            session->send(packets);
        co_return true;
    }
    void on_close(std::string_view) override {}
    bool on_tick(SteadyTime) override { return true; }

private:
    std::weak_ptr<EngineSession> session_;
};

EngineOptions engine_options(const char* path) {
    EngineOptions options;
    options.path = path;
    options.ping_interval = std::chrono::milliseconds(300);
    options.ping_timeout = std::chrono::milliseconds(200);
    return options;
}

NamespaceHandlers echo_handlers() {
    NamespaceHandlers handlers;
    handlers.authorize = [](const Peer&, const json::object& auth) -> awaitable<std::optional<Refusal>> {
        std::optional<Refusal> refusal;
        if (const auto* token = auth.if_contains("token"); token && *token == "refuse")
            refusal = Refusal{"not authorized", json::object{{"hint", "another token"}}};
        co_return refusal;
    };
    handlers.on_connect = [](const SocketPtr& socket, const json::object& auth) {
        socket->emit(Event{"auth", json::array{auth}, {}});
    };
    handlers.on_event = [](SocketPtr socket, Event event, Acknowledge acknowledge) -> awaitable<void> {
        if (event.name == "message")
            socket->emit(Event{"message-back", std::move(event.arguments), std::move(event.attachments)});
        else if (event.name == "message-with-ack" && acknowledge)
            acknowledge(Reply{std::move(event.arguments), std::move(event.attachments)});
        else if (event.name == "ask-me")
            socket->emit(Event{"question", std::move(event.arguments), {}}, [socket](std::optional<Reply> reply) {
                if (reply)
                    socket->emit(Event{"answered", std::move(reply->arguments), std::move(reply->attachments)});
            });
        else if (event.name == "disconnect-me")
            socket->disconnect(true);
        co_return;
    };
    return handlers;
}

} // namespace

int main(int count, char** arguments) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, nullptr);

    HubOptions options{engine_options("/socket.io/"), std::chrono::milliseconds(1000)};
    Hub hub(options);
    hub.add("/", echo_handlers());
    hub.add("/custom", echo_handlers());
    Engine engine(engine_options("/engine.io/"), [](const std::shared_ptr<EngineSession>& session) {
        return std::make_shared<EchoListener>(session);
    });
    http::Router router;
    router.add(hub.routes("socketio"));
    router.add(engine.routes("engineio"));
    http::ServerOptions server_options;
    server_options.port = count > 1 ? static_cast<std::uint16_t>(std::atoi(arguments[1])) : 0;
    server_options.threads = 2;
    http::Server server(server_options, router, {});
    server.start();
    std::printf("%u\n", server.port());
    std::fflush(stdout);
    int received = 0;
    sigwait(&signals, &received);
    hub.close_all("server shutting down");
    engine.close_all("server shutting down");
    server.stop(std::chrono::milliseconds(200));
}
