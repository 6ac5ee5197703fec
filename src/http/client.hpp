// HTTP client over libcurl's multi interface, driven by Asio.
//
// A Client belongs to one single-threaded executor; its methods are called on it. Connections are kept alive and
// reused. Cancelling the calling coroutine aborts the transfer.
#pragma once

#include "async/awaitable.hpp"
#include "base/secret.hpp"
#include "http/address_policy.hpp"
#include "http/message.hpp"
#include "io/reader.hpp"

#include <chrono>
#include <memory>

namespace cang::http {

struct TlsOptions {
    bool verify = true;
    std::string ca_file;     // PEM; in addition to the system's
    std::string ca_pem;      // the same as text, instead of a file
    std::string client_cert; // PEM file
    std::string client_key;  // PEM file
};

struct ClientOptions {
    std::string user_agent;
    std::chrono::milliseconds connect_timeout{15'000};
    // A transfer that moves fewer than 1 byte per second for this long is deadline_exceeded.
    std::chrono::seconds stall_timeout{60};
    std::size_t connections_per_host = 8;
    std::string proxy; // empty: HTTP_PROXY, HTTPS_PROXY, NO_PROXY of the environment
    // Where requests and their redirects may go; null: everywhere. Asked with each address that is about to be
    // connected to. A proxy finds the address itself: of a request through one, only the host in the URL is judged.
    std::shared_ptr<const AddressPolicy> policy;
    // "host:port" (Url::host_and_port) that an administrator named: trusted by its name.
    std::string named_peer;
};

// How far a connection came, for whoever looks for what is wrong with it. Times are since the request began; 0: not so
// far, or on a connection that was there already.
struct ConnectionTrace {
    std::chrono::microseconds resolved{0};
    std::chrono::microseconds connected{0};
    std::chrono::microseconds secured{0};
    std::string address;        // numeric, of the peer or its proxy: the last one that was tried
    int os_error = 0;           // of a connect that failed
    long certificate_error = 0; // X509_V_ERR_… of OpenSSL
};

struct ClientRequest {
    Method method = Method::get;
    std::string url; // http:// or https://, no userinfo
    Fields headers;
    io::Reader* body = nullptr;              // must outlive the call
    std::optional<std::uint64_t> body_bytes; // Content-Length when known, else chunked
    std::string unix_socket;                 // connect here instead of the URL's host
    TlsOptions tls;
    int max_redirects = 5;            // for GET and HEAD; Authorization is dropped when host or scheme changes
    ConnectionTrace* trace = nullptr; // written when the headers are there or the request failed; outlives the call
};

struct ClientResponse {
    int status = 0;
    Fields headers;
    io::ReaderPtr body; // streaming, with back-pressure; dropping it aborts the transfer
    std::string effective_url;
};

class Client {
public:
    explicit Client(asio::any_io_executor executor, ClientOptions options = {});
    ~Client();

    // Completes when the response's header section has arrived. Throws Error{unavailable} (DNS, connect, reset; the
    // message says which), Error{deadline_exceeded}, Error{permission_denied} (code ADDRESS_REFUSED:
    // the policy), Error{cancelled}.
    // A status of 400 or more is not an error here.
    awaitable<ClientResponse> send(ClientRequest request);

private:
    class Engine;
    std::shared_ptr<Engine> engine_;
};

} // namespace cang::http
