#include "http/socketio/engine.hpp"

#include "http/socketio/engine_core.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace cang::socketio {

namespace {

constexpr std::size_t kIdBytes = 16; // a session's id is all that proves who owns it

} // namespace

std::size_t Engine::Core::sessions() const {
    std::lock_guard lock(mutex_);
    return sessions_.size();
}

std::vector<std::shared_ptr<EngineSession>> Engine::Core::all() const {
    std::vector<SessionPtr> sessions;
    std::lock_guard lock(mutex_);
    sessions.reserve(sessions_.size());
    for (const auto& [id, session] : sessions_)
        sessions.push_back(session);
    return sessions;
}

Engine::Core::SessionPtr Engine::Core::find(const std::string& id) const {
    std::lock_guard lock(mutex_);
    auto found = sessions_.find(id);
    return found == sessions_.end() ? nullptr : found->second;
}

Engine::Core::SessionPtr Engine::Core::create(Peer peer) {
    auto session = std::make_shared<EngineSession>(random_hex(kIdBytes), options_, std::move(peer));
    session->listen(listen_(session));
    std::lock_guard lock(mutex_);
    if (sessions_.size() >= options_.max_sessions || stopping_)
        return nullptr;
    sessions_.emplace(session->id(), session);
    return session;
}

std::string Engine::Core::open_payload(const EngineSession& session, bool upgradable) const {
    boost::json::array upgrades;
    if (upgradable)
        upgrades.emplace_back("websocket");
    boost::json::object open{{"sid", session.id()},
                             {"upgrades", std::move(upgrades)},
                             {"pingInterval", options_.ping_interval.count()},
                             {"pingTimeout", options_.ping_timeout.count()},
                             {"maxPayload", options_.max_payload}};
    return boost::json::serialize(open);
}

void Engine::Core::start() {
    sweeper_ = std::thread([this] { sweep(); });
}

// Heartbeats need no timer per session: all are looked at now and then, on a thread that outlives no loop's business.
void Engine::Core::sweep() {
    auto shortest = std::min(options_.ping_interval, options_.ping_timeout);
    auto pause = std::clamp(shortest / 20, std::chrono::milliseconds(5), std::chrono::milliseconds(1000));
    std::unique_lock lock(mutex_);
    while (!stopped_.wait_for(lock, pause, [this] { return stopping_; })) {
        lock.unlock();
        auto now = std::chrono::steady_clock::now();
        auto sessions = all();
        for (const auto& session : sessions)
            session->tick(now);
        lock.lock();
        for (const auto& session : sessions)
            if (session->carrier() == EngineSession::Carrier::closed)
                sessions_.erase(session->id());
        std::erase_if(outboxes_, [](const auto& entry) { return entry.second.expired(); });
    }
}

void Engine::Core::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stopped_.notify_all();
    if (sweeper_.joinable())
        sweeper_.join();
    for (const auto& session : all())
        session->close("server shutting down");
}

std::shared_ptr<LoopOutbox> Engine::Core::outbox(const asio::any_io_executor& executor) {
    std::lock_guard lock(mutex_);
    auto& known = outboxes_[&asio::query(executor, asio::execution::context)];
    auto outbox = known.lock();
    if (!outbox) {
        outbox = std::make_shared<LoopOutbox>(executor);
        known = outbox;
    }
    return outbox;
}

Engine::Engine(EngineOptions options, Listen listen)
    : core_(std::make_shared<Core>(std::move(options), std::move(listen))) {
    core_->start();
}

Engine::~Engine() { core_->stop(); }

void Engine::stop() { core_->stop(); }

std::size_t Engine::sessions() const {
    auto sessions = core_->all();
    return static_cast<std::size_t>(std::ranges::count_if(
        sessions, [](const auto& session) { return session->carrier() != EngineSession::Carrier::closed; }));
}

void Engine::close_all(std::string_view reason) {
    for (const auto& session : core_->all())
        session->close(reason);
}

std::vector<http::Route> Engine::routes(const std::string& name, std::string_view permission) {
    using http::Method;
    std::vector<http::Route> routes;
    http::Handler handle = [core = core_](http::Request& request) { return core->handle(request); };
    // Methods that the protocol does not know are answered in its own terms.
    for (auto method : {Method::get, Method::post, Method::put, Method::patch, Method::delete_})
        routes.push_back({.method = method,
                          .pattern = core_->options().path,
                          .name = name + "." + std::string(http::to_string(method)),
                          .permission = permission,
                          .handle = handle,
                          .body_limit = core_->options().max_payload});
    return routes;
}

} // namespace cang::socketio
