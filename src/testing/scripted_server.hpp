// An HTTP server that plays a written conversation: which request it expects, what it answers, where it breaks.
//
// It speaks plain HTTP/1.1 over blocking sockets on threads of its own and shares no code with the client or the
// server under test. A test ends with EXPECT_EQ(server.problems(), ""), which names every request that no exchange
// expected and every exchange that was never used.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cang::testing {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// One request expected and the response to it. Requests are matched with the first unused exchange that fits.
struct Exchange {
    std::string method = "GET";
    std::string target;      // path and query, as sent
    HeaderList headers = {}; // must be in the request with exactly this value; an empty value means "absent"
    std::optional<std::string> request_body = {}; // must be equal, when given
    std::string if_state = {};                    // only fits in this state of the conversation
    bool forever = false;                         // not used up, and need not be used

    int status = 200;
    HeaderList response_headers = {}; // Content-Length is added unless it or Transfer-Encoding is here
    std::string body = {};
    std::uint64_t body_repeat = 1;                      // the body is sent this many times
    std::string set_state = {};                         // the conversation's state from here on
    std::optional<std::size_t> cut_request_after = {};  // body bytes read before the connection is reset
    std::optional<std::size_t> cut_response_after = {}; // body bytes sent before the connection is reset
    bool silent = false;                                // reads the request and never answers
    bool held = false;                                  // answers only after release()
    std::string raw = {}; // sent instead of everything above, then the connection is closed
};

struct RecordedRequest {
    std::string method;
    std::string target;
    HeaderList headers;
    std::string body;
    std::uint64_t connection = 0; // counts from 1

    // Empty when absent; names compare without case.
    std::string header(std::string_view name) const;
};

class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<Exchange> conversation);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    std::string authority() const;                        // "127.0.0.1:port"
    std::string url(std::string_view target = "/") const; // "http://127.0.0.1:port/…"

    void add(Exchange exchange);
    // Lets one held exchange answer.
    void release();
    std::vector<RecordedRequest> requests() const;
    // Unexpected requests and unused exchanges, one a line; empty when the conversation went as written.
    std::string problems() const;

private:
    struct Connection;

    void accept_loop();
    void serve(Connection& connection);
    bool serve_one(Connection& connection);
    std::optional<Exchange> match(const RecordedRequest& request, bool compare_body);
    bool answer(Connection& connection, const Exchange& exchange, const std::string& method);

    std::uint16_t port_ = 0;
    int listener_ = -1;
    mutable std::mutex mutex_;
    std::condition_variable released_;
    std::size_t releases_ = 0;
    bool stopping_ = false;
    std::list<Exchange> exchanges_;
    std::string state_;
    std::vector<RecordedRequest> requests_;
    std::vector<std::string> unexpected_;
    std::list<Connection> connections_;
    std::thread acceptor_;
};

} // namespace cang::testing
