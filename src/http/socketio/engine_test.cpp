// Sessions over both transports, as the Engine.IO v4 protocol describes them.
#include "http/socketio/test_client.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace cang::socketio {
namespace {

using namespace std::chrono_literals;

class Echo final : public SessionListener {
public:
    explicit Echo(std::weak_ptr<EngineSession> session) : session_(std::move(session)) {}
    awaitable<bool> on_message(EnginePacket packet) override {
        std::vector<SharedPacket> packets{packet.binary ? make_binary_packet(packet.data)
                                                        : make_packet(EnginePacketType::message, packet.data)};
        if (auto session = session_.lock())
            session->send(packets);
        co_return true;
    }
    void on_close(std::string_view) override {}
    bool on_tick(SteadyTime) override { return true; }

private:
    std::weak_ptr<EngineSession> session_;
};

struct Room {
    explicit Room(EngineOptions options = {})
        : engine(std::move(options),
                 [](const std::shared_ptr<EngineSession>& session) { return std::make_shared<Echo>(session); }),
          server(engine.routes("engine")) {}
    Engine engine;
    TestServer server;

    bool eventually_empty() const {
        for (int i = 0; i < 5000 && engine.sessions() > 0; ++i)
            std::this_thread::sleep_for(1ms);
        return engine.sessions() == 0;
    }
};

EngineOptions hasty() {
    EngineOptions options;
    options.ping_interval = 60ms;
    options.ping_timeout = 60ms;
    options.upgrade_timeout = 60ms;
    return options;
}

TEST(EngineHandshake, TellsTheSessionsTerms) {
    Room room;
    auto response = room.server.get("EIO=4&transport=polling");
    EXPECT_EQ(response.status, 200);
    auto value = boost::json::parse(std::string_view(response.body).substr(1));
    EXPECT_EQ(value.at("sid").as_string().size(), 32U);
    EXPECT_EQ(value.at("upgrades"), boost::json::parse(R"(["websocket"])"));
    EXPECT_EQ(value.at("pingInterval"), 25000);
    EXPECT_EQ(value.at("pingTimeout"), 20000);
    EXPECT_EQ(value.at("maxPayload"), 1000000);
}

TEST(EngineHandshake, IsRefusedInTheProtocolsTerms) {
    Room room;
    EXPECT_EQ(room.server.get("EIO=4").body, R"({"code":0,"message":"Transport unknown"})");
    EXPECT_EQ(room.server.get("EIO=4&transport=abc").status, 400);
    EXPECT_EQ(room.server.get("transport=polling").body, R"({"code":5,"message":"Unsupported protocol version"})");
    EXPECT_EQ(room.server.get("EIO=3&transport=polling").status, 400);
    EXPECT_EQ(room.server.get("EIO=4&transport=polling&sid=x").body, R"({"code":1,"message":"Session ID unknown"})");
    EXPECT_EQ(room.server.post("EIO=4&transport=polling", "").body, R"({"code":2,"message":"Bad handshake method"})");
    EXPECT_EQ(room.server.get("EIO=4&transport=websocket").body, R"({"code":3,"message":"Bad request"})");
    EXPECT_EQ(room.engine.sessions(), 0U);
}

TEST(EngineHandshake, IsRefusedWhenThereAreTooManySessions) {
    EngineOptions options;
    options.max_sessions = 1;
    Room room(options);
    EXPECT_EQ(room.server.get("EIO=4&transport=polling").status, 200);
    EXPECT_EQ(room.server.get("EIO=4&transport=polling").status, 503);
}

TEST(EnginePolling, CarriesTextAndBinaryPackets) {
    Room room;
    auto query = room.server.open();
    auto posted = room.server.post(query, "4hello\x1e"
                                          "bAQIDBA==");
    EXPECT_EQ(posted.body, "ok");
    EXPECT_EQ(room.server.get(query).body, "4hello\x1e"
                                           "bAQIDBA==");
}

TEST(EnginePolling, AnswersAWaitingPollAtOnce) {
    Room room;
    auto query = room.server.open();
    testing::RawHttp waiting(room.server.server.port());
    waiting.send(TestServer::request("GET", query, ""));
    EXPECT_EQ(room.server.post(query, "4late").body, "ok");
    EXPECT_EQ(waiting.receive().body, "4late");
}

TEST(EnginePolling, EndsTheSessionOnMalformedPackets) {
    for (const char* body : {"abc", "", "b~", "0", "2", "5", "4\xff"}) {
        Room room;
        auto query = room.server.open();
        auto response = room.server.post(query, body);
        EXPECT_TRUE(response.status == 400 || room.eventually_empty()) << body;
        EXPECT_EQ(room.server.get(query).status, 400) << body;
    }
}

TEST(EnginePolling, EndsTheSessionOnOverlappingPolls) {
    Room room;
    auto query = room.server.open();
    testing::RawHttp first(room.server.server.port());
    first.send(TestServer::request("GET", query, ""));
    // Whichever arrives second is refused, and the one that waits is told of the end.
    auto second = room.server.get(query);
    auto other = first.receive();
    EXPECT_EQ(std::min(second.status, other.status), 200);
    EXPECT_EQ(std::max(second.status, other.status), 400);
    EXPECT_EQ(second.status == 200 ? second.body : other.body, "1");
    EXPECT_EQ(room.server.get(query).status, 400);
}

TEST(EnginePolling, EndsTheSessionWhenAPollIsAbandoned) {
    Room room;
    auto query = room.server.open();
    {
        testing::RawHttp waiting(room.server.server.port());
        waiting.send(TestServer::request("GET", query, ""));
        room.server.post(query, "4x");
        EXPECT_EQ(waiting.receive().body, "4x");
        waiting.send(TestServer::request("GET", query, ""));
    }
    EXPECT_TRUE(room.eventually_empty());
}

TEST(EnginePolling, IsClosedByTheClient) {
    Room room;
    auto query = room.server.open();
    testing::RawHttp waiting(room.server.server.port());
    waiting.send(TestServer::request("GET", query, ""));
    room.server.post(query, "4x");
    EXPECT_EQ(waiting.receive().body, "4x");
    EXPECT_EQ(room.server.post(query, "1").body, "ok");
    // A poll that was sent before may come after, once.
    EXPECT_EQ(room.server.get(query).body, "6");
    EXPECT_EQ(room.server.get(query).status, 400);
}

TEST(EnginePolling, RefusesBodiesLargerThanThePayloadLimit) {
    EngineOptions options;
    options.max_payload = 100;
    Room room(options);
    auto query = room.server.open();
    EXPECT_EQ(room.server.post(query, "4" + std::string(100, 'x')).status, 413);
}

TEST(EnginePolling, DropsAClientThatDoesNotPoll) {
    EngineOptions options;
    options.max_queue_bytes = 1000;
    options.ping_interval = 1s;
    Room room(options);
    auto query = room.server.open();
    for (int i = 0; i < 4; ++i)
        room.server.post(query, "4" + std::string(900, 'x'));
    EXPECT_TRUE(room.eventually_empty());
}

TEST(EngineHeartbeat, EndsSessionsThatDoNotAnswer) {
    Room room(hasty());
    auto query = room.server.open();
    TestWebSocket socket(room.server, "EIO=4&transport=websocket");
    EXPECT_EQ(socket.receive().front(), '0');
    EXPECT_EQ(socket.receive_any(), "2");
    EXPECT_EQ(socket.receive(), "close 1000");
    EXPECT_EQ(socket.receive(), "closed");
    EXPECT_TRUE(room.eventually_empty());
    EXPECT_EQ(room.server.get(query).status, 400);
}

TEST(EngineHeartbeat, KeepsSessionsThatAnswer) {
    Room room(hasty());
    TestWebSocket socket(room.server, "EIO=4&transport=websocket");
    EXPECT_EQ(socket.receive().front(), '0');
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(socket.receive_any(), "2");
        socket.send("3");
    }
    EXPECT_EQ(room.engine.sessions(), 1U);
}

TEST(EngineWebSocket, CarriesTextBinaryAndControlFrames) {
    Room room;
    TestWebSocket socket(room.server, "EIO=4&transport=websocket");
    EXPECT_TRUE(socket.head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
    EXPECT_NE(socket.head.find("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), std::string::npos);
    EXPECT_NE(socket.head.find("\r\nConnection: Upgrade"), std::string::npos);
    auto value = boost::json::parse(std::string_view(socket.receive()).substr(1));
    EXPECT_EQ(value.at("upgrades"), boost::json::array());
    socket.send("4hello");
    EXPECT_EQ(socket.receive(), "4hello");
    socket.send("\x01\x02", Opcode::binary);
    EXPECT_EQ(socket.receive(), "\x01\x02");
    socket.send("are you there", Opcode::ping);
    EXPECT_EQ(socket.receive(), "are you there");
    auto large = "4" + std::string(300'000, 'x');
    socket.send(large);
    EXPECT_EQ(socket.receive(), large);
    socket.send("\x03\xe8", Opcode::close);
    EXPECT_EQ(socket.receive(), "close 1000");
    EXPECT_EQ(socket.receive(), "closed");
    EXPECT_TRUE(room.eventually_empty());
}

TEST(EngineWebSocket, ClosesWithACodeThatSaysWhy) {
    EngineOptions options;
    options.max_payload = 100;
    Room room(options);
    TestWebSocket large(room.server, "EIO=4&transport=websocket");
    large.receive();
    large.send(std::string(101, '4'));
    EXPECT_EQ(large.receive(), "close 1009");
    TestWebSocket unmasked(room.server, "EIO=4&transport=websocket");
    unmasked.receive();
    unmasked.send_bytes(encode_frame(Opcode::text, "4x"));
    EXPECT_EQ(unmasked.receive(), "close 1002");
    TestWebSocket malformed(room.server, "EIO=4&transport=websocket");
    malformed.receive();
    malformed.send("abc");
    EXPECT_EQ(malformed.receive(), "close 1000");
    TestWebSocket done(room.server, "EIO=4&transport=websocket");
    done.receive();
    done.send("1");
    EXPECT_EQ(done.receive(), "close 1000");
    EXPECT_TRUE(room.eventually_empty());
}

TEST(EngineWebSocket, RefusesMalformedHandshakes) {
    Room room;
    testing::RawHttp client(room.server.server.port());
    std::string start = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n";
    EXPECT_EQ(client.exchange(start + "Sec-WebSocket-Version: 8\r\n\r\n").status, 426);
    EXPECT_EQ(client.exchange(start + "Sec-WebSocket-Version: 13\r\n\r\n").status, 400);
    EXPECT_EQ(client
                  .exchange(start + "Connection: upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                    "Sec-WebSocket-Key: short\r\n\r\n")
                  .status,
              400);
}

std::string websocket_query(const std::string& polling) {
    return "EIO=4&transport=websocket" + polling.substr(polling.find("&sid="));
}

TEST(EngineUpgrade, MovesTheSessionWithWhatIsQueued) {
    Room room;
    auto query = room.server.open();
    TestWebSocket socket(room.server, websocket_query(query));
    socket.send("2probe");
    EXPECT_EQ(socket.receive(), "3probe");
    EXPECT_EQ(room.server.get(query).body, "6");
    EXPECT_EQ(room.server.post(query, "4queued").body, "ok");
    socket.send("5");
    EXPECT_EQ(socket.receive(), "4queued");
    EXPECT_EQ(room.server.get(query).status, 400);
    EXPECT_EQ(room.server.post(query, "4x").status, 400);
    TestWebSocket second(room.server, websocket_query(query));
    EXPECT_EQ(second.receive(), "close 1000");
    socket.send("4hello");
    EXPECT_EQ(socket.receive(), "4hello");
}

TEST(EngineUpgrade, LeavesPollingAloneWhenItFails) {
    Room room;
    auto query = room.server.open();
    {
        TestWebSocket socket(room.server, websocket_query(query));
        socket.send("2probe");
        EXPECT_EQ(socket.receive(), "3probe");
        socket.send("4too early");
        EXPECT_EQ(socket.receive(), "close 1000");
        EXPECT_EQ(socket.receive(), "closed");
    }
    EXPECT_EQ(room.server.post(query, "4x").body, "ok");
    EXPECT_EQ(room.server.get(query).body, "4x");
}

TEST(EngineUpgrade, IsGivenUpAfterItsTimeout) {
    auto options = hasty();
    options.ping_interval = 1s;
    Room room(options);
    TestWebSocket socket(room.server, websocket_query(room.server.open()));
    EXPECT_EQ(socket.receive(), "closed");
}

TEST(Engine, LetsTheServerStopWithSessionsOpen) {
    Room room;
    auto query = room.server.open();
    TestWebSocket socket(room.server, "EIO=4&transport=websocket");
    socket.receive();
    testing::RawHttp waiting(room.server.server.port());
    waiting.send(TestServer::request("GET", query, ""));
    room.server.server.stop(50ms);
    EXPECT_EQ(socket.receive(), "closed");
}

} // namespace
} // namespace cang::socketio
