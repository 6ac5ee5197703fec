#include "api/live/live.hpp"

#include <boost/asio/post.hpp>

namespace cang::api::live {

namespace {

namespace json = boost::json;
using socketio::Acknowledge;
using socketio::Event;
using socketio::SocketPtr;

void answer(const Acknowledge& acknowledge, socketio::Reply reply) {
    if (acknowledge)
        acknowledge(std::move(reply));
}

socketio::Reply success() { return {.arguments = {json::object{{"ok", true}}}, .attachments = {}}; }

socketio::Reply refusal(std::string message) {
    return failure_reply(Error(ErrorKind::invalid_argument, std::move(message)));
}

} // namespace

Live::Live(operation::Runner& runner, const registry::auth::AccessControl& access, asio::any_io_executor control,
           json::object greeting, socketio::HubOptions options)
    : access_(access), control_(std::move(control)), greeting_(std::move(greeting)),
      viewers_(std::make_shared<OperationViewers>(runner, control_)), hub_(std::move(options)),
      namespace_(hub_.add("/", handlers())), images_(std::make_shared<ImageCourse>(namespace_, control_)),
      course_(std::make_unique<OperationCourse>(runner, namespace_)) {}

socketio::NamespaceHandlers Live::handlers() {
    socketio::NamespaceHandlers handlers;
    handlers.authorize = [this](const socketio::Peer& peer, const json::object& auth) { return authorize(peer, auth); };
    handlers.on_connect = [this](const SocketPtr& socket, const json::object&) {
        socket->emit({.name = "server", .arguments = {greeting_}, .attachments = {}});
    };
    handlers.on_event = [this](SocketPtr socket, Event event, Acknowledge acknowledge) {
        return on_event(std::move(socket), std::move(event), std::move(acknowledge));
    };
    handlers.on_disconnect = [this](const SocketPtr& socket, std::string_view) {
        asio::post(control_, [viewers = viewers_, socket] { viewers->forget(socket); });
    };
    return handlers;
}

awaitable<std::optional<socketio::Refusal>> Live::authorize(const socketio::Peer& peer, const json::object& auth) {
    const auto* token = auth.if_contains("token");
    bool known = peer.principal.admin || (token && token->is_string() && access_.find_session(token->get_string()));
    std::optional<socketio::Refusal> refusal;
    if (!known)
        refusal = socketio::Refusal{.message = "sign in first", .data = nullptr};
    co_return refusal;
}

awaitable<void> Live::on_event(SocketPtr socket, Event event, Acknowledge acknowledge) {
    if (event.name == "operations.watch") {
        socket->join(OperationCourse::room);
        answer(acknowledge, success());
    } else if (event.name == "operations.unwatch") {
        socket->leave(OperationCourse::room);
        answer(acknowledge, success());
    } else if (event.name == "operation.watch") {
        watch(std::move(socket), event, std::move(acknowledge));
    } else if (event.name == "operation.unwatch") {
        unwatch(std::move(socket), event, acknowledge);
    } else {
        answer(acknowledge, refusal("there is no such topic"));
    }
    co_return;
}

void Live::watch(SocketPtr socket, const Event& event, Acknowledge acknowledge) {
    auto request = parse_watch_request(event.arguments);
    if (!request)
        return answer(acknowledge, refusal(request.error().reason));
    asio::post(control_, [viewers = viewers_, socket = std::move(socket), request = std::move(*request),
                          acknowledge = std::move(acknowledge)]() mutable {
        viewers->watch(std::move(socket), std::move(request), std::move(acknowledge));
    });
}

void Live::unwatch(SocketPtr socket, const Event& event, const Acknowledge& acknowledge) {
    auto request = parse_watch_request(event.arguments);
    if (!request)
        return answer(acknowledge, refusal(request.error().reason));
    asio::post(control_, [viewers = viewers_, socket = std::move(socket), request = std::move(*request), acknowledge] {
        viewers->unwatch(socket, request.operation);
        answer(acknowledge, success());
    });
}

awaitable<void> Live::stop() {
    co_await viewers_->stop();
    hub_.stop();
}

} // namespace cang::api::live
