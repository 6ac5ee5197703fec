#include "http/socketio/engine_session.hpp"

#include <boost/asio/post.hpp>

namespace cang::socketio {

namespace {

const SharedPacket& ping_packet() {
    static const SharedPacket packet = make_packet(EnginePacketType::ping);
    return packet;
}

SteadyTime now() { return std::chrono::steady_clock::now(); }

} // namespace

EngineSession::EngineSession(std::string id, const EngineOptions& options, Peer peer)
    : id_(std::move(id)), options_(options), peer_(std::move(peer)), next_ping_(now() + options.ping_interval) {}

EngineSession::Carrier EngineSession::carrier() const {
    std::lock_guard lock(mutex_);
    return carrier_;
}

// The waiter's coroutine is alive as long as it is registered here, and with it its loop.
void EngineSession::answer(std::string body) {
    auto waiter = std::exchange(waiter_, nullptr);
    waiter->body = std::move(body);
    waiter->answered = true;
    asio::post(waiter->wake.get_executor(), [waiter] { waiter->wake.cancel(); });
}

std::string EngineSession::take_payload() {
    std::string payload;
    for (const auto& packet : queue_)
        append_to_payload(payload, *packet);
    queue_ = {};
    queued_bytes_ = 0;
    return payload;
}

void EngineSession::send(std::span<const SharedPacket> packets) {
    std::lock_guard lock(mutex_);
    if (carrier_ == Carrier::closed)
        return;
    if (carrier_ == Carrier::websocket)
        return link_->send(packets);
    // The next tick closes it: whoever sends now may hold locks that closing needs.
    if (queued_bytes_ > options_.max_queue_bytes) {
        overflowed_ = true;
        queue_ = {};
        return;
    }
    for (const auto& packet : packets) {
        queued_bytes_ += packet->frame.size() + kPacketOverheadBytes;
        queue_.push_back(packet);
    }
    if (waiter_)
        answer(take_payload());
}

std::size_t EngineSession::queued_bytes() const {
    std::lock_guard lock(mutex_);
    return carrier_ == Carrier::websocket ? link_->queued_bytes() : queued_bytes_;
}

void EngineSession::close(std::string_view reason) {
    std::shared_ptr<SessionListener> listener;
    {
        std::lock_guard lock(mutex_);
        if (std::exchange(carrier_, Carrier::closed) == Carrier::closed)
            return;
        if (waiter_)
            answer("1");
        if (link_)
            link_->close(1000);
        queue_ = {};
        listener = std::move(listener_);
    }
    if (listener)
        listener->on_close(reason);
}

bool EngineSession::expired(SteadyTime time) const noexcept {
    // A ping that was due but not yet sent counts from when it was due.
    return time >= pong_deadline_ || time >= next_ping_ + options_.ping_timeout;
}

void EngineSession::tick(SteadyTime time) {
    std::shared_ptr<SessionListener> listener;
    bool overdue = false;
    bool overflowed = false;
    bool ping = false;
    {
        std::lock_guard lock(mutex_);
        if (carrier_ == Carrier::closed)
            return;
        listener = listener_;
        overdue = time >= pong_deadline_;
        overflowed = overflowed_ || (link_ && link_->overflowed());
        ping = time >= next_ping_;
        if (ping) {
            // Counted from when the ping was due; one that is sent late leaves the client most of its time.
            pong_deadline_ = std::max(next_ping_ + options_.ping_timeout, time + options_.ping_timeout * 7 / 8);
            next_ping_ = SteadyTime::max() - options_.ping_timeout;
        }
        if (carrier_ != Carrier::websocket && link_ && time >= upgrade_deadline_)
            link_->cut();
    }
    if (overdue)
        return close("ping timeout");
    if (overflowed)
        return close("transport error");
    if (listener && !listener->on_tick(time))
        return close("server namespace disconnect");
    if (ping)
        send(std::span(&ping_packet(), 1));
}

awaitable<void> EngineSession::receive(EnginePacket packet) {
    std::shared_ptr<SessionListener> listener;
    switch (packet.type) {
    case EnginePacketType::message: {
        {
            std::lock_guard lock(mutex_);
            listener = listener_;
        }
        bool valid = false;
        if (listener)
            valid = co_await listener->on_message(std::move(packet));
        if (!valid)
            close("parse error");
        break;
    }
    case EnginePacketType::pong: {
        std::lock_guard lock(mutex_);
        pong_deadline_ = SteadyTime::max();
        next_ping_ = now() + options_.ping_interval;
        break;
    }
    case EnginePacketType::close: {
        {
            std::lock_guard lock(mutex_);
            if (waiter_)
                answer("6");
            else
                farewell_due_ = carrier_ == Carrier::polling;
        }
        close("transport close");
        break;
    }
    case EnginePacketType::noop: break;
    default: close("parse error");
    }
}

bool EngineSession::take_farewell() {
    std::lock_guard lock(mutex_);
    return std::exchange(farewell_due_, false);
}

bool EngineSession::begin_poll(const std::shared_ptr<PollWaiter>& waiter) {
    bool overlaps = false;
    bool late = false;
    {
        std::lock_guard lock(mutex_);
        if (carrier_ == Carrier::closed || carrier_ == Carrier::websocket)
            return false;
        overlaps = waiter_ != nullptr;
        late = expired(now());
        if (!overlaps && !late) {
            waiter_ = waiter;
            if (!queue_.empty())
                answer(take_payload());
            else
                waiter->brief = carrier_ == Carrier::upgrading;
            return true;
        }
    }
    close(late ? "ping timeout" : "transport error");
    return false;
}

bool EngineSession::withdraw_poll(const std::shared_ptr<PollWaiter>& waiter) {
    std::lock_guard lock(mutex_);
    if (waiter_ != waiter)
        return false;
    waiter_ = nullptr;
    return true;
}

void EngineSession::abandon_poll(const std::shared_ptr<PollWaiter>& waiter) {
    if (withdraw_poll(waiter))
        close("transport error");
}

bool EngineSession::begin_post() {
    {
        std::lock_guard lock(mutex_);
        if (carrier_ == Carrier::closed || carrier_ == Carrier::websocket)
            return false;
        if (!posting_) {
            posting_ = true;
            return true;
        }
    }
    close("transport error"); // two at a time have no order
    return false;
}

void EngineSession::end_post() {
    std::lock_guard lock(mutex_);
    posting_ = false;
}

void EngineSession::attach(std::shared_ptr<WebSocketLink> link) {
    std::lock_guard lock(mutex_);
    link_ = std::move(link);
    carrier_ = Carrier::websocket;
}

bool EngineSession::offer(const std::shared_ptr<WebSocketLink>& link) {
    std::lock_guard lock(mutex_);
    if (carrier_ != Carrier::polling || link_)
        return false;
    link_ = link;
    upgrade_deadline_ = now() + options_.upgrade_timeout;
    return true;
}

bool EngineSession::begin_upgrade(const std::shared_ptr<WebSocketLink>& link) {
    std::lock_guard lock(mutex_);
    if (carrier_ != Carrier::polling || link_ != link)
        return false;
    carrier_ = Carrier::upgrading;
    link->send(make_packet(EnginePacketType::pong, "probe"));
    if (waiter_)
        answer("6"); // ends the poll in flight, so that the client can switch
    return true;
}

bool EngineSession::finish_upgrade(const std::shared_ptr<WebSocketLink>& link) {
    std::lock_guard lock(mutex_);
    if (carrier_ != Carrier::upgrading || link_ != link || posting_)
        return false;
    carrier_ = Carrier::websocket;
    if (waiter_) {
        waiter_->refused = true;
        answer({});
    }
    link_->send(queue_);
    queue_ = {};
    queued_bytes_ = 0;
    return true;
}

void EngineSession::link_ended(const std::shared_ptr<WebSocketLink>& link) {
    {
        std::lock_guard lock(mutex_);
        if (link_ != link)
            return;
        if (carrier_ != Carrier::websocket && carrier_ != Carrier::closed) { // no upgrade; polling goes on
            carrier_ = Carrier::polling;
            link_ = nullptr;
            return;
        }
    }
    close(link->overflowed() ? "transport error" : "transport close");
}

} // namespace cang::socketio
