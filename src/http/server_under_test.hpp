// A server on a free port of the loopback with the routes that the server's tests share.
#pragma once

#include "http/server.hpp"
#include "testing/raw_http.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace cang::http {

class ServerUnderTest {
public:
    explicit ServerUnderTest(ServerOptions options = {}, std::vector<Route> more = {}, ServerHooks hooks = {});

    testing::RawHttp connect() const { return testing::RawHttp(server.port()); }
    // What on_access was told: "GET name 200 request_bytes response_bytes".
    std::vector<std::string> accesses();
    // Waits until that many requests were reported; false after five seconds.
    bool wait_for_accesses(std::size_t count);

    Router router;
    std::mutex mutex;
    std::vector<std::string> seen;
    std::shared_ptr<const std::string> text = std::make_shared<const std::string>("shared text");
    Server server;

private:
    std::vector<Route> routes() const;
    ServerHooks with_access(ServerHooks hooks);
    const Router& fill(std::vector<Route> more);
};

// Waits until `condition` holds; false after five seconds.
bool eventually(const std::function<bool()>& condition);

} // namespace cang::http
