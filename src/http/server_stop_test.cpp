// Graceful and hard stop.
#include "http/server_under_test.hpp"

#include <boost/asio/steady_timer.hpp>
#include <future>
#include <gtest/gtest.h>

namespace cang::http {
namespace {

using namespace std::chrono_literals;

// A handler that waits until it is let go or cancelled.
struct Gate {
    std::atomic<bool> entered = false;
    std::atomic<bool> open = false;
    std::atomic<bool> cancelled = false;

    awaitable<Response> pass() {
        entered = true;
        auto executor = co_await asio::this_coro::executor;
        asio::steady_timer timer(executor);
        try {
            while (!open) {
                timer.expires_after(1ms);
                co_await timer.async_wait(asio::use_awaitable);
            }
        } catch (...) {
            cancelled = true;
            throw;
        }
        co_return text_response(200, "passed");
    }

    std::vector<Route> routes() {
        Route route{.method = Method::get, .pattern = "/gate", .name = "gate"};
        route.handle = [this](Request&) { return pass(); };
        return {route};
    }
};

constexpr std::string_view kGetGate = "GET /gate HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(ServerStop, LetsRequestsInFlightEndAndClosesIdleConnections) {
    Gate gate;
    ServerUnderTest room({}, gate.routes());
    auto idle = room.connect();
    EXPECT_EQ(idle.exchange("GET /text HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
    auto busy = room.connect();
    busy.send(kGetGate);
    ASSERT_TRUE(eventually([&] { return gate.entered.load(); }));
    auto stopped = std::async(std::launch::async, [&] { room.server.stop(10s); });
    EXPECT_TRUE(idle.closed_within(5s));
    EXPECT_TRUE(eventually([&] { return room.server.connections() == 1; }));
    gate.open = true;
    auto response = busy.receive();
    EXPECT_EQ(response.body, "passed");
    EXPECT_EQ(response.header("Connection"), "close");
    stopped.get();
    EXPECT_EQ(room.server.connections(), 0U);
    EXPECT_ANY_THROW(room.connect());
}

TEST(ServerStop, CancelsHandlersAfterTheGrace) {
    Gate gate;
    ServerUnderTest room({}, gate.routes());
    auto busy = room.connect();
    busy.send(kGetGate);
    ASSERT_TRUE(eventually([&] { return gate.entered.load(); }));
    room.server.stop(20ms);
    EXPECT_TRUE(gate.cancelled);
    EXPECT_EQ(room.server.connections(), 0U);
    EXPECT_FALSE(busy.receive().complete);
}

TEST(ServerStop, CutsReadersAndWritersOfBodies) {
    ServerUnderTest room;
    auto sending = room.connect();
    sending.send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
    auto receiving = room.connect();
    receiving.send("GET /file?size=60000000 HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(eventually([&] { return room.server.connections() == 2; }));
    room.server.stop(20ms);
    EXPECT_EQ(room.server.connections(), 0U);
}

TEST(ServerStop, MayHappenTwiceAndWithoutAStart) {
    ServerUnderTest room;
    room.server.stop(1s);
    room.server.stop(1s);
    Server never({}, room.router, {});
    never.stop(1s);
    EXPECT_NE(never.port(), 0);
}

} // namespace
} // namespace cang::http
