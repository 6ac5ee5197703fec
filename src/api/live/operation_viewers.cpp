#include "api/live/operation_viewers.hpp"

#include "async/sleep.hpp"
#include "base/error_kind.hpp"
#include "base/log.hpp"
#include "operation/document.hpp"

namespace cang::api::live {

namespace {

namespace json = boost::json;

// A long history is not pushed into the client's queue, which is bounded, faster than the client takes it.
constexpr std::size_t kAheadBytes = 128 * 1024;
constexpr std::chrono::milliseconds kCatchUp{20};

void answer(const socketio::Acknowledge& acknowledge, socketio::Reply reply) {
    if (acknowledge)
        acknowledge(std::move(reply));
}

} // namespace

struct OperationViewers::Viewer {
    socketio::SocketPtr socket;
    std::string operation;
    std::string owner; // empty: any
    std::unique_ptr<operation::Subscription> events;
    bool ended = false;
};

socketio::Reply failure_reply(const Error& error) {
    json::object problem{{"kind", error_kind_row(error.kind()).name}, {"message", error.message()}};
    return {.arguments = {json::object{{"ok", false}, {"error", std::move(problem)}}}, .attachments = {}};
}

void OperationViewers::watch(socketio::SocketPtr socket, WatchRequest request, std::string owner,
                             socketio::Acknowledge acknowledge) {
    unwatch(socket, request.operation);
    if (!socket->connected())
        return;
    auto found = by_socket_.find(socket);
    bool full = found != by_socket_.end() && found->second.size() >= max_of_socket;
    if (full || viewers_.size() >= max_of_all)
        return answer(acknowledge, failure_reply(Error(ErrorKind::rate_limited, "too many operations are watched")));
    auto viewer = std::make_shared<Viewer>();
    viewer->socket = std::move(socket);
    viewer->operation = std::move(request.operation);
    viewer->owner = std::move(owner);
    viewer->events = runner_.subscribe(viewer->operation, request.after);
    by_socket_[viewer->socket][viewer->operation] = viewer;
    viewers_.spawn("viewer of an operation",
                   [this, viewer, acknowledge = std::move(acknowledge)] { return serve(viewer, acknowledge); });
}

void OperationViewers::unwatch(const socketio::SocketPtr& socket, const std::string& operation) {
    auto found = by_socket_.find(socket);
    if (found == by_socket_.end())
        return;
    if (auto entry = found->second.find(operation); entry != found->second.end())
        end(ViewerPtr(entry->second));
}

void OperationViewers::forget(const socketio::SocketPtr& socket) {
    auto gone = by_socket_.extract(socket);
    if (gone.empty())
        return;
    for (const auto& [operation, viewer] : gone.mapped()) {
        viewer->ended = true;
        viewer->events->close();
    }
}

// Takes it out of the table at once, so that another may take its place; its coroutine ends when it notices.
void OperationViewers::end(const ViewerPtr& viewer) {
    viewer->ended = true;
    viewer->events->close();
    auto found = by_socket_.find(viewer->socket);
    if (found == by_socket_.end())
        return;
    auto& watched = found->second;
    if (auto entry = watched.find(viewer->operation); entry != watched.end() && entry->second == viewer)
        watched.erase(entry);
    if (watched.empty())
        by_socket_.erase(found);
}

awaitable<void> OperationViewers::serve(ViewerPtr viewer, socketio::Acknowledge acknowledge) {
    std::optional<Error> failure;
    try {
        auto operation = co_await runner_.history().get(viewer->operation);
        if (!viewer->owner.empty() && operation.spec.requested_by != viewer->owner)
            throw Error(ErrorKind::not_found, "there is no such operation");
        json::object reply{{"ok", true}, {"operation", document_of(operation)}};
        answer(acknowledge, {.arguments = {std::move(reply)}, .attachments = {}});
        co_await tell(viewer);
    } catch (...) {
        failure = current_error();
    }
    end(viewer);
    if (!failure || failure->kind() == ErrorKind::cancelled)
        co_return;
    if (failure->kind() != ErrorKind::not_found)
        log::warn("live.viewer_failed", {{"operation", viewer->operation}, {"error", failure->message()}});
    answer(acknowledge, failure_reply(*failure)); // nothing when it was answered before
}

awaitable<void> OperationViewers::tell(ViewerPtr viewer) {
    auto& socket = *viewer->socket;
    for (;;) {
        auto event = co_await viewer->events->next();
        while (!viewer->ended && socket.queued_bytes() > kAheadBytes)
            co_await async::sleep_for(kCatchUp);
        if (!event || viewer->ended || !socket.connected())
            co_return;
        auto document = document_of(*event);
        document["operation"] = event->operation;
        socket.emit({.name = "operation.event", .arguments = {std::move(document)}, .attachments = {}});
    }
}

awaitable<void> OperationViewers::stop() {
    viewers_.cancel_all();
    co_await viewers_.join();
    by_socket_.clear();
}

} // namespace cang::api::live
