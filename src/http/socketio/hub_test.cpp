// Namespaces, events, acknowledgements, rooms and slow clients, as the Socket.IO v5 protocol describes them.
#include "http/socketio/test_client.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace cang::socketio {
namespace {

using namespace std::chrono_literals;

const std::string kWebSocket = "EIO=4&transport=websocket";

std::atomic<int> unanswered = 0;

awaitable<void> on_event(SocketPtr socket, Event event, Acknowledge acknowledge) {
    if (event.name == "echo")
        socket->emit(std::move(event));
    else if (event.name == "join")
        socket->join(std::string(event.arguments.at(0).as_string()));
    else if (event.name == "leave")
        socket->leave(std::string(event.arguments.at(0).as_string()));
    else if (event.name == "ask")
        socket->emit(Event{"question", {}, {}}, [socket](std::optional<Reply> reply) {
            if (reply)
                socket->emit(Event{"answered", std::move(reply->arguments), {}});
            else
                ++unanswered;
        });
    else if (event.name == "kick")
        socket->disconnect(event.arguments.at(0).as_bool());
    else if (event.name == "fail")
        throw Error(ErrorKind::internal, "a handler failed");
    if (acknowledge) {
        acknowledge(Reply{{"done"}, {}});
        acknowledge(Reply{{"twice"}, {}});
    }
    co_return;
}

struct Room {
    explicit Room(HubOptions options = {}) : hub(std::move(options)) {
        main = hub.add("/", handlers());
        custom = hub.add("/custom", handlers());
        server.emplace(hub.routes("hub"));
    }
    NamespaceHandlers handlers() {
        NamespaceHandlers handlers;
        handlers.authorize = [](const Peer&, const json::object& auth) -> awaitable<std::optional<Refusal>> {
            std::optional<Refusal> refusal;
            if (auth.contains("refuse"))
                refusal = Refusal{"not authorized", json::object{{"hint", 1}}};
            co_return refusal;
        };
        handlers.on_event = on_event;
        handlers.on_disconnect = [this](const SocketPtr&, std::string_view reason) {
            std::lock_guard lock(mutex);
            reasons.emplace_back(reason);
        };
        return handlers;
    }
    TestWebSocket connect() {
        TestWebSocket socket(*server, kWebSocket);
        EXPECT_EQ(socket.receive().front(), '0');
        socket.send("40");
        EXPECT_TRUE(socket.receive().starts_with("40{\"sid\":\""));
        return socket;
    }
    bool eventually(const std::function<bool()>& condition) {
        for (int i = 0; i < 10'000 && !condition(); ++i)
            std::this_thread::sleep_for(1ms);
        return condition();
    }
    std::string reason() {
        EXPECT_TRUE(eventually([this] {
            std::lock_guard lock(mutex);
            return !reasons.empty();
        }));
        std::lock_guard lock(mutex);
        return reasons.size() == 1 ? reasons.front() : std::to_string(reasons.size()) + " reasons";
    }

    std::mutex mutex;
    std::vector<std::string> reasons; // the hub's end adds to them
    Hub hub;
    std::shared_ptr<Namespace> main;
    std::shared_ptr<Namespace> custom;
    std::optional<TestServer> server;
};

TEST(HubConnect, AnswersWithASocketIdOrAReason) {
    Room room;
    auto socket = room.connect();
    socket.send("40/custom,");
    EXPECT_TRUE(socket.receive().starts_with("40/custom,{\"sid\":\""));
    socket.send("40/random");
    EXPECT_EQ(socket.receive(), R"(44/random,{"message":"Invalid namespace"})");
    TestWebSocket refused(*room.server, kWebSocket);
    refused.receive();
    refused.send(R"(40{"refuse":true})");
    EXPECT_EQ(refused.receive(), R"(44{"message":"not authorized","data":{"hint":1}})");
    EXPECT_EQ(room.main->size(), 1U);
    EXPECT_EQ(room.custom->size(), 1U);
}

TEST(HubConnect, MustHappenInTime) {
    HubOptions options;
    options.connect_timeout = 50ms;
    options.engine.ping_timeout = 1000ms;
    Room room(options);
    TestWebSocket socket(*room.server, kWebSocket);
    socket.receive();
    EXPECT_EQ(socket.receive(), "close 1000");
}

TEST(HubConnect, RefusesBadNamesAndLateNamespaces) {
    Hub hub;
    hub.add("/a", {});
    EXPECT_THROW(hub.add("/a", {}), Error);
    EXPECT_THROW(hub.add("a", {}), Error);
    EXPECT_THROW(hub.add("/a,b", {}), Error);
    hub.routes("hub");
    EXPECT_THROW(hub.add("/b", {}), Error);
}

TEST(HubEvents, GoBothWaysWithAttachments) {
    Room room;
    auto socket = room.connect();
    socket.send(R"(42["echo",1,"2",{"3":[true]}])");
    EXPECT_EQ(socket.receive(), R"(42["echo",1,"2",{"3":[true]}])");
    socket.send(R"(451-["echo",{"_placeholder":true,"num":0}])");
    socket.send("\x01\x02", Opcode::binary);
    EXPECT_EQ(socket.receive(), R"(451-["echo",{"_placeholder":true,"num":0}])");
    EXPECT_EQ(socket.receive(), "\x01\x02");
}

TEST(HubEvents, AreAcknowledgedOnceInBothDirections) {
    Room room;
    auto socket = room.connect();
    socket.send(R"(42456["other"])");
    EXPECT_EQ(socket.receive(), R"(43456["done"])");
    socket.send(R"(42["ask"])");
    EXPECT_EQ(socket.receive(), R"(420["question"])");
    socket.send(R"(430["forty-two"])");
    EXPECT_EQ(socket.receive(), R"(42["answered","forty-two"])");
    socket.send(R"(430["again"])");
    socket.send(R"(42["echo"])");
    EXPECT_EQ(socket.receive(), R"(42["echo"])");
}

TEST(HubEvents, TellWhoeverAwaitsAnAnswerThatNoneWillCome) {
    Room room;
    auto socket = room.connect();
    unanswered = 0;
    socket.send(R"(42["ask"])");
    EXPECT_EQ(socket.receive(), R"(420["question"])");
    socket.send("41");
    EXPECT_EQ(room.reason(), "client namespace disconnect");
    EXPECT_EQ(unanswered, 1);
}

TEST(HubEvents, EndTheSessionWhenMalformedOrWhenAHandlerFails) {
    for (const char* text : {"4abc", "42{}", R"(42abc["a"])", R"(44{"message":"x"})", R"(42["fail"])"}) {
        Room room;
        auto socket = room.connect();
        socket.send(text);
        auto end = socket.receive();
        EXPECT_TRUE(end == "close 1000" || end == "closed") << text << " " << end;
        EXPECT_NE(room.reason(), "") << text;
        EXPECT_EQ(room.main->size(), 0U);
    }
    Room room;
    auto socket = room.connect();
    socket.send("\x01", Opcode::binary); // belongs to no packet
    EXPECT_EQ(socket.receive(), "close 1000");
    EXPECT_EQ(room.reason(), "parse error");
}

TEST(HubEvents, OfANamespaceThatWasLeftAreIgnored) {
    Room room;
    auto socket = room.connect();
    socket.send("40/custom");
    socket.receive();
    socket.send("41/custom");
    socket.send(R"(42/custom,["echo"])");
    socket.send(R"(42["echo"])");
    EXPECT_EQ(socket.receive(), R"(42["echo"])");
    EXPECT_EQ(room.reason(), "client namespace disconnect");
}

TEST(HubDisconnect, IsToldToTheClientAndTheHandler) {
    Room room;
    auto socket = room.connect();
    socket.send(R"(42["kick",false])");
    EXPECT_EQ(socket.receive(), "41");
    EXPECT_EQ(room.reason(), "server namespace disconnect");
    EXPECT_EQ(room.hub.sessions(), 1U);
    auto other = room.connect();
    other.send(R"(42["kick",true])");
    EXPECT_EQ(other.receive(), "41");
    EXPECT_EQ(other.receive(), "close 1000");
}

TEST(HubRooms, ReceiveWhatIsEmittedToThem) {
    Room room;
    auto first = room.connect();
    auto second = room.connect();
    for (auto* socket : {&first, &second}) {
        socket->send(R"(421["join","a"])");
        EXPECT_EQ(socket->receive(), R"(431["done"])");
    }
    second.send(R"(422["leave","a"])");
    EXPECT_EQ(second.receive(), R"(432["done"])");
    room.main->emit_to("a", Event{"in", {}, {}});
    room.main->emit_to("nobody", Event{"nothing", {}, {}});
    room.main->emit(Event{"all", {1}, {}});
    EXPECT_EQ(first.receive(), R"(42["in"])");
    EXPECT_EQ(first.receive(), R"(42["all",1])");
    EXPECT_EQ(second.receive(), R"(42["all",1])");
}

TEST(HubRooms, WorkOverPolling) {
    Room room;
    auto query = room.server->open();
    room.server->post(query, "40");
    EXPECT_TRUE(room.server->get(query).body.starts_with("40{\"sid\":\""));
    room.main->emit(Event{"all", {}, {}});
    EXPECT_EQ(room.server->get(query).body, R"(42["all"])");
}

TEST(HubBroadcast, DropsAClientThatDoesNotReadAndReachesTheOthers) {
    HubOptions options;
    options.engine.max_queue_bytes = 64 * 1024;
    Room room(options);
    auto slow = room.connect();
    auto fast = room.connect();
    Event event{"load", {json::value(std::string(16 * 1024, 'x'))}, {}};
    std::size_t received = 0;
    for (; received < 5000 && room.main->size() == 2; ++received) {
        room.main->emit(event);
        EXPECT_EQ(fast.receive().size(), 16 * 1024 + 13);
    }
    EXPECT_EQ(room.main->size(), 1U);
    EXPECT_EQ(room.reason(), "transport error");
}

} // namespace
} // namespace cang::socketio
