// HTTP/1.1 server over Beast's parser: keep-alive, pipelining, 100-continue, TLS, sendfile, slow-client and size
// limits.
//
// Threads: each of `threads` runs its own event loop; the first one accepts and gives each connection to the loop with
// the fewest. A connection lives on one of them, so a handler's coroutine never migrates. What handlers share must be
// thread-safe. A handler that computes or blocks holds up its loop: use run_blocking.
#pragma once

#include "http/address_ranges.hpp"
#include "http/router.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace cang::http {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;    // 0: a free one, see Server::port()
    std::size_t threads = 0;   // 0: one per core
    std::string tls_cert_file; // PEM chain; with tls_key_file turns TLS on; reloaded on change
    std::string tls_key_file;
    std::chrono::milliseconds header_timeout{15'000};     // first byte to end of headers (slow-loris)
    std::chrono::milliseconds idle_timeout{75'000};       // keep-alive
    std::chrono::milliseconds body_stall_timeout{60'000}; // between two reads or writes of a body
    std::chrono::milliseconds body_timeout{300'000};      // all of a request's body, where its route bounds the size
    std::size_t max_header_bytes = 32 * 1024;
    std::uint64_t max_body_bytes = UINT64_MAX;   // of any route, however much that takes
    std::size_t max_connections = 20'000;        // beyond them new ones wait in the kernel's queue
    std::size_t max_connections_per_address = 0; // beyond them new ones are closed; 0: no limit
    // Peers whose X-Forwarded-Proto and X-Forwarded-For are believed: proxies that set them.
    AddressRanges trusted_proxies;
    std::string server_header = "cang";
    // Whole lines that every response has, see security_headers(), and the Content-Security-Policy of those that set
    // none.
    std::string common_headers;
    std::string default_policy;
};

struct AccessRecord {
    Method method = Method::get;
    std::string_view target;
    std::string_view route; // empty when none matched
    int status = 0;
    std::uint64_t request_bytes = 0;
    std::uint64_t response_bytes = 0;
    std::chrono::microseconds duration{0};
    std::string_view remote_address;
    std::string_view user;
    std::string_view user_agent;
    std::string_view request_id;
};

struct ServerHooks {
    // Finds the principal and checks the route's access; returns a response to send instead (401, 403), or nullopt to
    // go on.
    std::function<awaitable<std::optional<Response>>(Request&, const Route&)> authorize;
    // Turns the exception in flight into a response; called inside a catch block.
    std::function<Response(const Request&)> on_error;
    // No route: 404 or 405. `match.allowed` names the methods.
    std::function<Response(const Request&, const RouteMatch&)> on_unmatched;
    // After each response.
    std::function<void(const AccessRecord&)> on_access;
};

class Server {
public:
    // Binds at once: throws Error{unavailable} "cannot listen on …" when the address is taken.
    Server(ServerOptions options, const Router& router, ServerHooks hooks);
    ~Server(); // stops hard
    std::uint16_t port() const noexcept;
    void start();
    // Refuses new connections, lets requests in flight end for up to `grace`, then cuts them: their handlers are
    // cancelled and waited for. Blocks; not to be called from a handler. No request outlives it.
    void stop(std::chrono::milliseconds grace);
    std::size_t connections() const noexcept;
    // From the next connection on: the pair of these files, which a server with TLS watches from then on. Any thread.
    // Throws Error{invalid_argument} when they can't be used; then nothing changes.
    void use_certificate(const std::string& cert_file, const std::string& key_file);

private:
    class Core;
    std::unique_ptr<Core> core_;
};

} // namespace cang::http
