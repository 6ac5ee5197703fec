// One client of Engine.IO, over whichever transport carries it at the moment: long polling, a WebSocket, or both while
// it upgrades.
//
// Any thread may send and close. Packets from the client come in one at a time and in order; they are handled in the
// coroutine that received them, and the next one waits for that.
#pragma once

#include "http/request.hpp"
#include "http/socketio/websocket_link.hpp"

#include <boost/asio/steady_timer.hpp>
#include <functional>

namespace cang::socketio {

using SteadyTime = std::chrono::steady_clock::time_point;

struct EngineOptions {
    std::string path = "/socket.io/";
    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds ping_timeout{20'000};
    std::chrono::milliseconds upgrade_timeout{10'000};
    std::size_t max_payload = 1'000'000;       // bytes of one POST or one WebSocket message
    std::size_t max_queue_bytes = 1024 * 1024; // beyond it a client is too slow and is dropped
    std::size_t max_sessions = 20'000;         // more are answered 503
};

// Who is at the other end, as the handshake's request told.
struct Peer {
    http::Principal principal;
    std::string remote_address;
};

// What a session's packets mean, one level up.
class SessionListener {
public:
    virtual ~SessionListener() = default;
    // False when the client broke the protocol; the session then ends.
    virtual awaitable<bool> on_message(EnginePacket packet) = 0;
    // Once, on any thread.
    virtual void on_close(std::string_view reason) = 0;
    // Now and then, on any thread; false ends the session.
    virtual bool on_tick(SteadyTime now) = 0;
};

// A polling request that waits for packets; lives on its request's loop.
struct PollWaiter {
    explicit PollWaiter(const asio::any_io_executor& executor) : wake(executor, SteadyTime::max()) {}
    asio::steady_timer wake;
    std::string body;
    bool answered = false; // once true, nobody else touches this
    bool refused = false;  // the answer: the client has moved to a WebSocket
    bool brief = false;    // the client is about to move: better an early answer than a missed one
};

class EngineSession : public std::enable_shared_from_this<EngineSession> {
public:
    enum class Carrier : std::uint8_t { polling, upgrading, websocket, closed };

    EngineSession(std::string id, const EngineOptions& options, Peer peer);
    // Before the session is used.
    void listen(std::shared_ptr<SessionListener> listener) { listener_ = std::move(listener); }

    const std::string& id() const noexcept { return id_; }
    const Peer& peer() const noexcept { return peer_; }
    Carrier carrier() const;
    void send(std::span<const SharedPacket> packets);
    std::size_t queued_bytes() const;
    // Ends the session, telling the client as its transport does. Idempotent.
    void close(std::string_view reason);
    // Sends a ping when it is due; closes when an answer is overdue.
    void tick(SteadyTime now);
    awaitable<void> receive(EnginePacket packet);

    // Polling. Each answers false when the request must be refused.
    bool begin_poll(const std::shared_ptr<PollWaiter>& waiter);
    void abandon_poll(const std::shared_ptr<PollWaiter>& waiter);
    bool withdraw_poll(const std::shared_ptr<PollWaiter>& waiter); // true when nobody has answered it
    // Whether a poll of a session that the client has just closed still gets the farewell, once: it may have been sent
    // before the request that closed, and be later on another loop.
    bool take_farewell();
    bool begin_post();
    void end_post();

    // WebSocket.
    void attach(std::shared_ptr<WebSocketLink> link);                // of a session that begins with one
    bool offer(const std::shared_ptr<WebSocketLink>& link);          // to upgrade to; one at a time
    bool begin_upgrade(const std::shared_ptr<WebSocketLink>& link);  // the client's probe
    bool finish_upgrade(const std::shared_ptr<WebSocketLink>& link); // what is queued goes over the link
    void link_ended(const std::shared_ptr<WebSocketLink>& link);

private:
    void answer(std::string body);
    std::string take_payload();
    bool expired(SteadyTime now) const noexcept;

    const std::string id_;
    const EngineOptions& options_;
    const Peer peer_;
    mutable std::mutex mutex_;
    std::shared_ptr<SessionListener> listener_;
    Carrier carrier_ = Carrier::polling;
    bool posting_ = false;
    bool overflowed_ = false;
    bool farewell_due_ = false;
    std::shared_ptr<PollWaiter> waiter_;
    std::shared_ptr<WebSocketLink> link_; // before the upgrade: the candidate
    std::vector<SharedPacket> queue_;     // for the next poll
    std::size_t queued_bytes_ = 0;
    SteadyTime next_ping_;
    SteadyTime pong_deadline_ = SteadyTime::max();
    SteadyTime upgrade_deadline_ = SteadyTime::max();
};

} // namespace cang::socketio
