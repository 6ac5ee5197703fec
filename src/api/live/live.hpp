// The live side of our API: Socket.IO at /socket.io/, namespace "/". Clients watch the course of all operations and the
// events of single ones, their own or, as administrators, everybody's, and are told which repositories change. Who is
// signed in may connect: by the session's
// cookie, with {"token"} of a session, or with an Authorization header.
#pragma once

#include "api/live/image_course.hpp"
#include "api/live/operation_course.hpp"
#include "api/live/operation_viewers.hpp"
#include "http/socketio/hub.hpp"
#include "registry/auth/access.hpp"

namespace cang::api::live {

class Live {
public:
    // `control` is single-threaded and runs run() and stop(). `greeting` is what each client gets first, as "server".
    // The runner and the access control outlive this; the server that serves the routes stops before it goes.
    Live(operation::Runner& runner, const registry::auth::AccessControl& access, asio::any_io_executor control,
         boost::json::object greeting, socketio::HubOptions options = {});

    std::vector<http::Route> routes() { return hub_.routes("live"); }
    std::size_t clients() const { return hub_.sessions(); }
    // Whoever changes images notes it there.
    const std::shared_ptr<ImageCourse>& images() const { return images_; }
    // Tells the course of all operations until the runner stops.
    awaitable<void> run() { return course_->run(); }
    // Ends the clients of whoever is signed out, disabled or no administrator any more: they may only listen.
    awaitable<void> look_again();
    awaitable<void> look_again_regularly(); // until it is cancelled
    // Ends all viewers and clients and takes no new ones.
    awaitable<void> stop();

private:
    socketio::NamespaceHandlers handlers();
    awaitable<std::optional<socketio::Refusal>> authorize(const socketio::Peer& peer, const boost::json::object& auth);
    awaitable<void> on_event(socketio::SocketPtr socket, socketio::Event event, socketio::Acknowledge acknowledge);
    void watch(socketio::SocketPtr socket, const socketio::Event& event, std::string owner,
               socketio::Acknowledge acknowledge);
    // Who the client is by now; null when they are signed out.
    awaitable<identity::CallerPtr> find_caller(const socketio::Peer& peer, std::string token);
    void unwatch(socketio::SocketPtr socket, const socketio::Event& event, const socketio::Acknowledge& acknowledge);

    const registry::auth::AccessControl& access_;
    const asio::any_io_executor control_;
    const boost::json::object greeting_;
    // Shared with what is on its way to the control executor.
    std::shared_ptr<OperationViewers> viewers_;
    struct Connected {
        std::string token;  // empty: the request said who it is
        bool admin = false; // is in the rooms of administrators
    };
    std::mutex connected_mutex_;
    std::map<socketio::SocketPtr, Connected> connected_;
    socketio::Hub hub_;
    const std::shared_ptr<socketio::Namespace> namespace_;
    const std::shared_ptr<ImageCourse> images_;
    std::unique_ptr<OperationCourse> course_;
};

} // namespace cang::api::live
