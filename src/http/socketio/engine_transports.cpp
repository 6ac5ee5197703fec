// The requests and connections of sessions: handshake, long polling, WebSocket.
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "http/socketio/engine_core.hpp"
#include "http/socketio/websocket_connection.hpp"
#include "http/socketio/websocket_handshake.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace cang::socketio {

namespace {

// The codes that clients know.
enum class Refusal : std::uint8_t {
    transport_unknown = 0,
    session_unknown = 1,
    bad_method = 2,
    bad_request = 3,
    unsupported_version = 5
};

// A poll that arrives during an upgrade is answered after this long, unless the upgrade ends before.
constexpr std::chrono::milliseconds kBriefPoll{20};

http::Response refuse(Refusal refusal, const char* message) {
    boost::json::object body{{"code", static_cast<int>(refusal)}, {"message", message}};
    return http::json_response(400, boost::json::serialize(body));
}

http::Response payload_response(std::string payload) {
    auto response = http::text_response(200, std::move(payload));
    response.headers.add("Cache-Control", "no-store");
    return response;
}

Peer peer_of(const http::Request& request) { return {request.principal, request.remote_address}; }

// Whatever ends the request early ends the poll, and the session with it.
struct PollGuard {
    std::shared_ptr<EngineSession> session;
    std::shared_ptr<PollWaiter> waiter;
    ~PollGuard() { session->abandon_poll(waiter); }
};

// A packet whose handling failed must not leave a session behind that waits for more.
struct PostGuard {
    std::shared_ptr<EngineSession> session;
    bool done = false;
    ~PostGuard() {
        session->end_post();
        if (!done)
            session->close("transport error");
    }
};

} // namespace

awaitable<http::Response> Engine::Core::handle(http::Request& request) {
    auto transport = request.query_value("transport");
    if (transport != "polling" && transport != "websocket")
        co_return refuse(Refusal::transport_unknown, "Transport unknown");
    if (request.query_value("EIO") != "4")
        co_return refuse(Refusal::unsupported_version, "Unsupported protocol version");
    SessionPtr session;
    if (auto id = request.query_value("sid")) {
        session = find(*id);
        bool polls = transport == "polling" && request.method == http::Method::get;
        if (session && polls && session->take_farewell())
            co_return payload_response("6");
        if (!session || session->carrier() == EngineSession::Carrier::closed)
            co_return refuse(Refusal::session_unknown, "Session ID unknown");
    }
    if (transport == "websocket")
        co_return open_websocket(request, std::move(session));
    if (asks_for_websocket(request))
        co_return refuse(Refusal::bad_request, "Bad request");
    if (!session && request.method != http::Method::get)
        co_return refuse(Refusal::bad_method, "Bad handshake method");
    if (!session)
        co_return handshake(request);
    http::Response response;
    if (request.method == http::Method::get)
        response = co_await poll(request, std::move(session));
    else if (request.method == http::Method::post)
        response = co_await push(request, std::move(session));
    else
        response = refuse(Refusal::bad_request, "Bad request");
    co_return response;
}

http::Response Engine::Core::handshake(const http::Request& request) {
    auto session = create(peer_of(request));
    if (!session)
        return http::text_response(503, "too many sessions\n");
    return payload_response("0" + open_payload(*session, true));
}

awaitable<http::Response> Engine::Core::poll(http::Request& request, SessionPtr session) {
    auto executor = co_await asio::this_coro::executor;
    auto waiter = std::make_shared<PollWaiter>(executor);
    PollGuard guard{session, waiter};
    if (!session->begin_poll(waiter))
        co_return refuse(Refusal::bad_request, "Bad request");
    request.when_client_gone([weak_session = std::weak_ptr(session), weak_waiter = std::weak_ptr(waiter)] {
        auto late_session = weak_session.lock();
        auto late_waiter = weak_waiter.lock();
        if (late_session && late_waiter) {
            late_session->abandon_poll(late_waiter);
            late_waiter->wake.cancel();
        }
    });
    if (waiter->brief)
        waiter->wake.expires_after(kBriefPoll);
    boost::system::error_code woken;
    co_await waiter->wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    bool brief_is_over = waiter->brief && !woken;
    if (brief_is_over && session->withdraw_poll(waiter))
        co_return payload_response("6");
    session->abandon_poll(waiter); // from here on nobody answers it
    if (!waiter->answered)
        throw Error(ErrorKind::cancelled, "the client closed the connection");
    if (waiter->refused)
        co_return refuse(Refusal::bad_request, "Bad request");
    co_return payload_response(std::move(waiter->body));
}

awaitable<http::Response> Engine::Core::push(http::Request& request, SessionPtr session) {
    if (!session->begin_post())
        co_return refuse(Refusal::bad_request, "Bad request");
    PostGuard guard{session};
    auto body = co_await io::read_all(*request.body, options_.max_payload);
    if (!is_utf8(body))
        co_return refuse(Refusal::bad_request, "Bad request");
    PayloadParser payload(body);
    while (!payload.finished() && session->carrier() != EngineSession::Carrier::closed) {
        auto packet = payload.next();
        if (!packet)
            co_return refuse(Refusal::bad_request, "Bad request");
        co_await session->receive(std::move(*packet));
    }
    guard.done = true;
    co_return payload_response("ok");
}

http::Response Engine::Core::open_websocket(const http::Request& request, SessionPtr session) {
    if (!asks_for_websocket(request) || request.method != http::Method::get)
        return refuse(Refusal::bad_request, "Bad request");
    auto response = accept_websocket(request);
    if (response.status == 101)
        response.takeover = [self = shared_from_this(), session = std::move(session), peer = peer_of(request)](
                                http::UpgradedStream& stream) { return self->begin_websocket(stream, session, peer); };
    return response;
}

std::unique_ptr<http::Upgraded> Engine::Core::begin_websocket(http::UpgradedStream& stream, SessionPtr session,
                                                              Peer peer) {
    auto link = std::make_shared<WebSocketLink>(stream, outbox(stream.executor()), options_.max_queue_bytes);
    if (session) {
        if (!session->offer(link)) {
            link->close(1000);
            link->flush();
            link->detach();
            return nullptr;
        }
    } else {
        session = create(std::move(peer));
        if (!session)
            return nullptr;
        session->attach(link);
        link->send(make_packet(EnginePacketType::open, open_payload(*session, false)));
    }
    return std::make_unique<WebSocketConnection>(std::move(session), std::move(link), options_.max_payload);
}

} // namespace cang::socketio
