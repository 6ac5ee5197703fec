// The server of the live-events measurement: "burst" with a number sends as many events of 1 KB to everybody. usage:
// socketio_server_bench PORT
#include "http/server.hpp"
#include "http/socketio/hub.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <malloc.h>

using namespace cang;

int main(int count, char** arguments) {
    ::mallopt(M_ARENA_MAX, 2); // as `cang serve` does
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, nullptr);

    socketio::Hub hub;
    socketio::Event event{.name = "load", .arguments = {boost::json::string(1024, 'x')}, .attachments = {}};
    std::shared_ptr<socketio::Namespace> everybody;
    socketio::NamespaceHandlers handlers;
    handlers.on_event = [&](socketio::SocketPtr, socketio::Event asked, socketio::Acknowledge) -> awaitable<void> {
        for (auto left = asked.arguments.at(0).as_int64(); left > 0; --left)
            everybody->emit(event);
        co_return;
    };
    everybody = hub.add("/", std::move(handlers));
    http::Router router;
    router.add(hub.routes("socketio"));
    http::ServerOptions options;
    options.port = count > 1 ? static_cast<std::uint16_t>(std::atoi(arguments[1])) : 0;
    http::Server server(options, router, {});
    server.start();
    std::printf("%u\n", server.port());
    std::fflush(stdout);
    int received = 0;
    sigwait(&signals, &received);
    hub.stop();
    server.stop(std::chrono::milliseconds(200));
}
