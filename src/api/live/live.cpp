#include "api/live/live.hpp"

#include "async/sleep.hpp"

#include <boost/asio/post.hpp>

namespace cang::api::live {

namespace {

namespace json = boost::json;
using socketio::Acknowledge;
using socketio::Event;
using socketio::SocketPtr;

constexpr std::chrono::seconds kLookInterval{5};

void answer(const Acknowledge& acknowledge, socketio::Reply reply) {
    if (acknowledge)
        acknowledge(std::move(reply));
}

socketio::Reply success() { return {.arguments = {json::object{{"ok", true}}}, .attachments = {}}; }

std::string token_of(const json::object& auth) {
    const auto* token = auth.if_contains("token");
    return token && token->is_string() ? std::string(token->get_string()) : std::string();
}

socketio::Reply refusal(std::string message) {
    return failure_reply(Error(ErrorKind::invalid_argument, std::move(message)));
}

// Who is found here is somebody; a token or a robot must have been made for this, too.
bool may_watch(const identity::Caller& caller) {
    return !caller.scopes || identity::covers(*caller.scopes, identity::get_permission("operation.read"), {});
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
    handlers.on_connect = [this](const SocketPtr& socket, const json::object& auth) {
        {
            std::lock_guard lock(connected_mutex_);
            connected_[socket] = {.token = token_of(auth), .admin = socket->peer().principal.admin};
        }
        socket->join(ImageCourse::room(socket->peer().principal.admin));
        socket->emit({.name = "server", .arguments = {greeting_}, .attachments = {}});
    };
    handlers.on_event = [this](SocketPtr socket, Event event, Acknowledge acknowledge) {
        return on_event(std::move(socket), std::move(event), std::move(acknowledge));
    };
    handlers.on_disconnect = [this](const SocketPtr& socket, std::string_view) {
        {
            std::lock_guard lock(connected_mutex_);
            connected_.erase(socket);
        }
        asio::post(control_, [viewers = viewers_, socket] { viewers->forget(socket); });
    };
    return handlers;
}

awaitable<std::optional<socketio::Refusal>> Live::authorize(const socketio::Peer& peer, const json::object& auth) {
    auto caller = co_await find_caller(peer, token_of(auth));
    std::optional<socketio::Refusal> refusal;
    if (!caller)
        refusal = socketio::Refusal{.message = "sign in first", .data = nullptr};
    co_return refusal;
}

awaitable<identity::CallerPtr> Live::find_caller(const socketio::Peer& peer, std::string token) {
    if (!token.empty())
        co_return co_await access_.find_session(std::move(token));
    auto caller = std::static_pointer_cast<const identity::Caller>(peer.principal.caller);
    if (caller && !may_watch(*caller))
        co_return nullptr;
    if (!caller)
        co_return nullptr;
    co_return co_await access_.find_again(std::move(caller));
}

awaitable<void> Live::look_again() {
    std::map<SocketPtr, Connected> connected;
    {
        std::lock_guard lock(connected_mutex_);
        connected = connected_;
    }
    for (auto& [socket, known] : connected) {
        auto caller = co_await find_caller(socket->peer(), std::move(known.token));
        if (!caller || (known.admin && !caller->admin))
            socket->disconnect();
    }
}

awaitable<void> Live::look_again_regularly() {
    for (;;) {
        co_await async::sleep_for(kLookInterval);
        co_await look_again();
    }
}

awaitable<void> Live::on_event(SocketPtr socket, Event event, Acknowledge acknowledge) {
    std::string token;
    {
        std::lock_guard lock(connected_mutex_);
        if (auto found = connected_.find(socket); found != connected_.end())
            token = found->second.token;
    }
    auto caller = co_await find_caller(socket->peer(), std::move(token));
    if (!caller) {
        answer(acknowledge, refusal("the session has ended; sign in again"));
        co_return socket->disconnect();
    }
    {
        std::lock_guard lock(connected_mutex_);
        if (auto found = connected_.find(socket); found != connected_.end())
            found->second.admin = found->second.admin || caller->admin;
    }
    auto owner = caller->admin ? std::string() : caller->name;
    if (event.name == "operations.watch") {
        socket->join(OperationCourse::room(owner));
        answer(acknowledge, success());
    } else if (event.name == "operations.unwatch") {
        socket->leave(OperationCourse::room(owner));
        answer(acknowledge, success());
    } else if (event.name == "operation.watch") {
        watch(std::move(socket), event, std::move(owner), std::move(acknowledge));
    } else if (event.name == "operation.unwatch") {
        unwatch(std::move(socket), event, acknowledge);
    } else {
        answer(acknowledge, refusal("there is no such topic"));
    }
    co_return;
}

void Live::watch(SocketPtr socket, const Event& event, std::string owner, Acknowledge acknowledge) {
    auto request = parse_watch_request(event.arguments);
    if (!request)
        return answer(acknowledge, refusal(request.error().reason));
    asio::post(control_, [viewers = viewers_, socket = std::move(socket), request = std::move(*request),
                          owner = std::move(owner), acknowledge = std::move(acknowledge)]() mutable {
        viewers->watch(std::move(socket), std::move(request), std::move(owner), std::move(acknowledge));
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
