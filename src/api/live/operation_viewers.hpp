// Those who watch one operation each: stored events after the last that they know, then live ones, without gap or
// repetition. A viewer whose client takes its time reads on when it has caught up; nobody waits for it.
//
// Everything happens on one control executor, on which all methods are called.
#pragma once

#include "api/live/watch_request.hpp"
#include "async/task_group.hpp"
#include "http/socketio/socket.hpp"
#include "operation/runner.hpp"

namespace cang::api::live {

class OperationViewers {
public:
    static constexpr std::size_t max_of_socket = 64;
    static constexpr std::size_t max_of_all = 10'000;

    // `runner` outlives this.
    OperationViewers(operation::Runner& runner, const asio::any_io_executor& control)
        : runner_(runner), viewers_(control) {}

    // Answers {"ok":true,"operation":…} before the first event, or {"ok":false,"error":…}. Watching again begins anew
    // after the sequence that the request names. With an `owner`, operations of others are not there.
    void watch(socketio::SocketPtr socket, WatchRequest request, std::string owner, socketio::Acknowledge acknowledge);
    void unwatch(const socketio::SocketPtr& socket, const std::string& operation);
    void forget(const socketio::SocketPtr& socket); // it has gone
    awaitable<void> stop();

private:
    struct Viewer;
    using ViewerPtr = std::shared_ptr<Viewer>;

    awaitable<void> serve(ViewerPtr viewer, socketio::Acknowledge acknowledge);
    awaitable<void> tell(ViewerPtr viewer);
    void end(const ViewerPtr& viewer);

    operation::Runner& runner_;
    async::TaskGroup viewers_;
    std::map<socketio::SocketPtr, std::map<std::string, ViewerPtr>> by_socket_;
};

// {"ok":false,"error":{"kind","message"}}
socketio::Reply failure_reply(const Error& error);

} // namespace cang::api::live
