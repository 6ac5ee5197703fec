// One client's connection: requests come in, one at a time and in order, responses go out.
//
// Everything runs on one event loop. While it waits for the next request, a connection holds no buffers; while it waits
// after an upgrade, not even a coroutine.
#pragma once

#include "http/address_limit.hpp"
#include "http/body_reader.hpp"
#include "http/channel.hpp"
#include "http/loop_state.hpp"
#include "http/response_writer.hpp"
#include "http/server.hpp"
#include "http/upgraded_stream.hpp"

#include <atomic>
#include <boost/asio/cancellation_signal.hpp>
#include <condition_variable>
#include <mutex>

namespace cang::http {

// What all threads of a server share.
struct ServerShared {
    ServerOptions options;
    const Router& router;
    ServerHooks hooks;
    std::atomic<std::size_t> connections = 0; // accepted and not yet closed
    std::mutex mutex = {};
    std::condition_variable all_closed = {};
};

// Whose connection it is, counted as long as it lasts.
struct Peer {
    std::string address;
    AddressLimit::Place place;
};

class Connection {
public:
    Connection(ServerShared& shared, LoopState& loop, std::unique_ptr<Transport> transport, Peer peer);

    // Until the connection is over (false; the socket closes with this object) or an upgraded one rests (true): run()
    // it again when_roused().
    awaitable<bool> run();
    void when_roused(std::function<void()> roused);

    // On the loop's thread:
    void expire(SteadyTime now) noexcept { channel_.expire(now); }
    void drain() noexcept; // an idle or upgraded one ends at once, others after the response
    void cut() noexcept;   // cancels the handler and ends every read and write
    // For run().
    asio::cancellation_slot cancellation() noexcept { return cancellation_.slot(); }

private:
    struct HeadSearch {
        std::size_t size = 0; // of the head, when it is here
        int fault = 0;        // status to refuse the request with
        bool closed = false;
    };
    HeadSearch search_head();
    bool receive_now(Readiness& wait);
    awaitable<HeadSearch> receive_head();
    awaitable<bool> exchange();
    awaitable<bool> serve(RequestHead head);
    awaitable<Response> respond(Request& request, RouteMatch& match, BodyReader& body);
    Response error_response(const Request& request, const BodyReader& body) const;
    void describe(Request& request, const RequestHead& head);
    ResponseFraming base_framing();
    ResponseFraming framing(const RequestHead& head, const Response& response, const BodyReader& body);
    awaitable<bool> send(Response& response, const ResponseFraming& framing, ResponseWriter& writer,
                         std::function<Response()> on_failure);
    void report(const RequestHead& head, const Request& request, AccessRecord record) const;
    awaitable<bool> refuse(HeadFault fault);
    awaitable<void> converse();
    awaitable<bool> serve_upgraded();
    awaitable<void> linger();

    ServerShared& shared_;
    LoopState& loop_;
    Channel channel_;
    ReceiveBuffer buffer_;
    Peer peer_;
    bool peer_trusted_; // to tell who asks
    asio::cancellation_signal cancellation_;
    std::size_t searched_ = 0;
    bool idle_ = true;
    bool peer_closed_ = false;
    UpgradedStream stream_;
    std::unique_ptr<Upgraded> upgraded_;       // what took over after the last exchange
    Readiness rouse_on_ = Readiness::readable; // while it rests
    bool unread_input_ = false;                // closing now would reset the connection under the client's eyes
};

} // namespace cang::http
