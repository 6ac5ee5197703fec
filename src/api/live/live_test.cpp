// The live topics as a client sees them, over a real runner and real connections.
#include "api/live/live.hpp"
#include "async/sleep.hpp"
#include "http/socketio/test_client.hpp"
#include "identity/identity_fixture.hpp"
#include "operation/runner_fixture.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace cang::api::live {
namespace {

using namespace std::chrono_literals;
using cang::testing::run_async;
namespace json = boost::json;

class LiveTest : public ::testing::Test {
protected:
    LiveTest() { serve({}); }
    ~LiveTest() override {
        stop();
        pool.join();
    }

    void serve(socketio::HubOptions options) {
        stop();
        life.emplace(database, clock, tasks());
        live.emplace(life->runner, access, life->control().executor(), json::object{{"version", "1"}},
                     std::move(options));
        auto routes = live->routes();
        for (auto& route : routes)
            route.handle = [this, handle = route.handle](http::Request& request) {
                if (auto who = caller)
                    identity::set_caller(request, who);
                return handle(request);
            };
        server.emplace(std::move(routes));
        pump = asio::co_spawn(life->control().executor(), [this] { return live->run(); }, asio::use_future);
    }
    void stop() {
        if (!life)
            return;
        open = true;
        life->shutdown();
        pump.get();
        life->control().run([this] { return live->stop(); });
        server.reset();
        live.reset();
        life.reset();
    }

    // "talk" logs as many lines as its input says; "wait" then waits until it is let go.
    std::vector<operation::Task> tasks() {
        auto talk = [](operation::Context& context) -> awaitable<json::object> {
            for (std::int64_t line = 0; line < context.spec().input.at("lines").as_int64(); ++line)
                context.log("line " + std::to_string(line) + std::string(100, '.'));
            co_return json::object{{"secret", "of the result"}};
        };
        auto wait = [this](operation::Context& context) -> awaitable<json::object> {
            context.progress().expect(10);
            context.progress().advance(operation::Progress::whole, 4);
            while (!open)
                co_await async::sleep_for(1ms);
            co_return json::object{};
        };
        return {{{.name = "talk"}, talk}, {{.name = "wait"}, wait}};
    }
    std::string open_session(const identity::User& user) {
        http::Fields headers;
        http::Request request;
        request.headers = &headers;
        auto opened = run_async<registry::auth::AccessControl::Opened>(
            [&] { return access.open_session_for(request, user, "test"); });
        return opened.token;
    }
    std::string start(std::string type, std::int64_t lines = 0, std::string requester = {}) {
        operation::Spec spec;
        spec.requested_by = std::move(requester);
        spec.type = std::move(type);
        spec.title = "A test";
        spec.input = {{"lines", lines}};
        auto started = run_async<operation::Started>([&] { return life->runner.start(spec); });
        return started.id;
    }
    void wait(const std::string& id) {
        run_async([&]() -> awaitable<void> { co_await life->runner.wait(id); });
    }

    socketio::TestWebSocket connect(const std::string& auth = "") {
        socketio::TestWebSocket socket(*server, "EIO=4&transport=websocket");
        EXPECT_EQ(socket.receive().front(), '0');
        socket.send("40" + auth);
        return socket;
    }
    socketio::TestWebSocket signed_in() {
        auto socket = connect();
        EXPECT_TRUE(socket.receive().starts_with("40{\"sid\":\""));
        EXPECT_EQ(socket.receive(), R"(42["server",{"version":"1"}])");
        return socket;
    }
    // The next event's name and argument.
    static std::pair<std::string, json::object> event(socketio::TestWebSocket& socket) {
        auto text = socket.receive();
        if (!text.starts_with("42"))
            throw std::runtime_error("no event: " + text);
        auto value = json::parse(std::string_view(text).substr(2)).as_array();
        return {std::string(value.at(0).as_string()), value.size() > 1 ? value.at(1).as_object() : json::object()};
    }
    static std::string watch(const std::string& id, std::uint64_t after) {
        return R"(421["operation.watch",{"id":")" + id + R"(","after":)" + std::to_string(after) + "}]";
    }

    cang::testing::TempDir directory;
    cang::testing::FakeClock clock;
    async::BlockingPool pool{2};
    sql::Database database{(directory / "store.db").string(), store::migrations(), pool};
    identity::Identity identity{{}, database, clock, pool};
    identity::User admin = identity::add_user(database, "admin", true);
    identity::User alice = identity::add_user(database, "alice");
    registry::auth::TokenSigner signer{Secret("a key"), clock};
    registry::auth::AccessControl access{{}, identity, signer};
    identity::CallerPtr caller = identity::caller_ptr_of(admin); // whom the access check found; null: nobody
    std::atomic<bool> open = false;
    std::optional<operation::RunnerUnderTest> life;
    std::optional<Live> live;
    std::optional<socketio::TestServer> server;
    std::future<void> pump;
};

TEST_F(LiveTest, OnlyThoseWhoSignedInMayConnect) {
    caller = nullptr;
    EXPECT_EQ(connect().receive(), R"(44{"message":"sign in first"})");
    EXPECT_EQ(connect(R"({"token":"no token"})").receive(), R"(44{"message":"sign in first"})");
    EXPECT_EQ(connect(R"({"token":7})").receive(), R"(44{"message":"sign in first"})");
    EXPECT_TRUE(connect(R"({"token":")" + open_session(alice) + "\"}").receive().starts_with("40"));
}

TEST_F(LiveTest, ATokenOrARobotConnectsThatWasMadeForIt) {
    auto with = [this](const char* permission) {
        auto limited = std::make_shared<identity::Caller>(identity::caller_for(admin));
        limited->scopes = identity::Scopes{{.project = "*", .repository = {}, .permissions = {permission}}};
        caller = limited;
        return connect().receive();
    };
    EXPECT_EQ(with("image.pull"), R"(44{"message":"sign in first"})");
    EXPECT_TRUE(with("operation.read").starts_with("40"));
}

TEST_F(LiveTest, EndsWithTheSession) {
    caller = nullptr;
    auto token = open_session(alice);
    auto socket = connect(R"({"token":")" + token + "\"}");
    EXPECT_TRUE(socket.receive().starts_with("40"));
    EXPECT_TRUE(socket.receive().starts_with(R"(42["server")"));
    auto session = signer.verify(token, registry::auth::TokenUse::session)->session;
    run_async<bool>([&] { return identity.sessions.end(alice.row, session, identity::kTester); });
    socket.send(R"(421["operations.watch",{}])");
    auto reply = socket.receive();
    EXPECT_NE(reply.find("the session has ended; sign in again"), std::string::npos) << reply;
    EXPECT_EQ(socket.receive(), "41") << "disconnected";
}

TEST_F(LiveTest, EndsWhoOnlyListensWhenTheyAreSignedOutOrDisabled) {
    auto look = [this] { life->control().run([this] { return live->look_again(); }); };
    caller = nullptr;
    auto token = open_session(alice);
    auto by_session = connect(R"({"token":")" + token + "\"}");
    EXPECT_TRUE(by_session.receive().starts_with("40"));
    EXPECT_TRUE(by_session.receive().starts_with(R"(42["server")"));
    caller = identity::caller_ptr_of(alice);
    auto by_header = signed_in();
    look();
    auto session = signer.verify(token, registry::auth::TokenUse::session)->session;
    run_async<bool>([&] { return identity.sessions.end(alice.row, session, identity::kTester); });
    look();
    EXPECT_EQ(by_session.receive(), "41");
    identity::UserSettings disabled{.display_name = "", .email = "", .admin = {}, .disabled = true};
    run_async<identity::User>([&] { return identity.users.update(alice.id, disabled, identity::kTester); });
    look();
    EXPECT_EQ(by_header.receive(), "41");
}

TEST_F(LiveTest, ShowsPeopleTheirOwnOperationsOnly) {
    caller = identity::caller_ptr_of(alice);
    auto foreign = start("talk", 1, "admin");
    wait(foreign);
    auto mine = start("talk", 1, "alice");
    wait(mine);
    auto socket = signed_in();
    socket.send(watch(foreign, 0));
    EXPECT_EQ(socket.receive(),
              R"(431[{"ok":false,"error":{"kind":"not_found","message":"there is no such operation"}}])");
    socket.send(R"(422["operations.watch",{}])");
    EXPECT_EQ(socket.receive(), R"(432[{"ok":true}])");
    wait(start("talk", 1, "admin"));
    auto last = start("talk", 1, "alice");
    wait(last);
    auto [name, document] = event(socket);
    EXPECT_EQ(name, "operation");
    EXPECT_EQ(document.at("id").as_string(), last) << "nothing of the administrator's";
}

TEST_F(LiveTest, TellsTheCourseOfAllOperationsWithoutResults) {
    auto socket = signed_in();
    socket.send(R"(421["operations.watch",{}])");
    EXPECT_EQ(socket.receive(), R"(431[{"ok":true}])");
    auto id = start("talk", 3);
    wait(id);
    std::string state;
    while (state != "succeeded") {
        auto [name, document] = event(socket);
        EXPECT_EQ(name, "operation");
        EXPECT_EQ(document.at("id").as_string(), id);
        EXPECT_FALSE(document.contains("result"));
        state = document.at("state").as_string();
    }
    socket.send(R"(422["operations.unwatch"])");
    EXPECT_EQ(socket.receive(), R"(432[{"ok":true}])");
    wait(start("talk"));
    socket.send(R"(423["operations.watch"])");
    EXPECT_EQ(socket.receive(), R"(433[{"ok":true}])") << "nothing came meanwhile";
}

TEST_F(LiveTest, TellsProgressToWhoeverCameLate) {
    auto id = start("wait");
    auto socket = signed_in();
    socket.send(R"(421["operations.watch",{}])");
    EXPECT_EQ(socket.receive(), R"(431[{"ok":true}])");
    for (;;) {
        auto [name, document] = event(socket);
        if (!document.contains("progress"))
            continue;
        EXPECT_EQ(document.at("progress").at("done").to_number<int>(), 4);
        break;
    }
}

TEST_F(LiveTest, GivesTheEventsOfOneOperationFromASequenceOn) {
    auto id = start("talk", 2);
    wait(id);
    auto socket = signed_in();
    socket.send(watch(id, 3));
    auto reply = socket.receive();
    EXPECT_TRUE(reply.starts_with(R"(431[{"ok":true,"operation":{"id":")" + id)) << reply;
    for (std::int64_t sequence = 4; sequence <= 6; ++sequence) {
        auto [name, document] = event(socket);
        EXPECT_EQ(name, "operation.event");
        EXPECT_EQ(document.at("operation").as_string(), id);
        EXPECT_EQ(document.at("sequence").as_int64(), sequence);
    }
}

TEST_F(LiveTest, GoesOnWithLiveEventsAndEndsWhenNoLongerWanted) {
    auto id = start("wait");
    auto socket = signed_in();
    socket.send(watch(id, 0));
    EXPECT_TRUE(socket.receive().starts_with("431"));
    EXPECT_EQ(event(socket).second.at("payload").at("state").as_string(), "pending");
    EXPECT_EQ(event(socket).second.at("payload").at("state").as_string(), "running");
    EXPECT_EQ(event(socket).second.at("kind").as_string(), "progress");
    socket.send(R"(422["operation.unwatch",{"id":")" + id + "\"}]");
    EXPECT_EQ(socket.receive(), R"(432[{"ok":true}])");
    open = true;
    wait(id);
    socket.send(watch(id, 4));
    EXPECT_TRUE(socket.receive().starts_with("431")) << "nothing came meanwhile";
}

TEST_F(LiveTest, ResumesABrokenConnectionWithoutGapOrRepetition) {
    auto id = start("wait");
    {
        auto socket = signed_in();
        socket.send(watch(id, 0));
        EXPECT_TRUE(socket.receive().starts_with("431"));
        EXPECT_EQ(event(socket).second.at("sequence").as_int64(), 1);
        EXPECT_EQ(event(socket).second.at("sequence").as_int64(), 2);
    }
    open = true;
    auto socket = signed_in();
    socket.send(watch(id, 2));
    EXPECT_TRUE(socket.receive().starts_with("431"));
    std::vector<std::int64_t> stored;
    while (stored.size() < 2) {
        auto document = event(socket).second;
        if (document.at("kind").as_string() != "progress")
            stored.push_back(document.at("sequence").as_int64());
    }
    EXPECT_EQ(stored, (std::vector<std::int64_t>{3, 4}));
}

TEST_F(LiveTest, AnswersWhatItCannotDo) {
    auto socket = signed_in();
    socket.send(watch("nothing", 0));
    EXPECT_EQ(socket.receive(),
              R"(431[{"ok":false,"error":{"kind":"not_found","message":"there is no such operation"}}])");
    socket.send(R"(422["operation.watch"])");
    EXPECT_EQ(socket.receive(),
              R"(432[{"ok":false,"error":{"kind":"invalid_argument","message":"id must name an operation"}}])");
    socket.send(R"(423["images.delete"])");
    EXPECT_EQ(socket.receive(),
              R"(433[{"ok":false,"error":{"kind":"invalid_argument","message":"there is no such topic"}}])");
    socket.send(R"(42["operation.unwatch",{"id":"nothing"}])"); // no answer wanted, nothing to end
    socket.send(R"(424["operations.watch"])");
    EXPECT_EQ(socket.receive(), R"(434[{"ok":true}])");
}

TEST_F(LiveTest, BoundsWhatOneClientWatches) {
    auto socket = signed_in();
    for (std::size_t i = 0; i <= OperationViewers::max_of_socket; ++i) {
        auto id = start("wait");
        socket.send(watch(id, 100)); // nothing to tell yet
        auto reply = socket.receive();
        EXPECT_EQ(reply.find("too many operations are watched") != std::string::npos,
                  i == OperationViewers::max_of_socket)
            << reply;
    }
}

TEST_F(LiveTest, ALongHistoryDoesNotOverrunAClientThatReads) {
    socketio::HubOptions options;
    options.engine.max_queue_bytes = 160 * 1024;
    serve(std::move(options));
    auto id = start("talk", 9'000); // about 2 MB of events
    wait(id);
    auto socket = signed_in();
    socket.send(watch(id, 0));
    EXPECT_TRUE(socket.receive().starts_with("431"));
    for (std::int64_t sequence = 1; sequence <= 9'004; ++sequence)
        ASSERT_EQ(event(socket).second.at("sequence").as_int64(), sequence);
}

TEST_F(LiveTest, TellsEachChangedRepositoryOnce) {
    auto socket = signed_in();
    for (const char* name : {"team/b", "team/a", "team/b"})
        live->images()->note(name);
    for (const char* name : {"team/a", "team/b"})
        EXPECT_EQ(socket.receive(), R"(42["images.changed",{"repository":")" + std::string(name) + R"("}])");
    for (std::size_t i = 0; i <= ImageCourse::max_names; ++i)
        live->images()->note("team/" + std::to_string(i));
    EXPECT_EQ(socket.receive(), R"(42["images.changed",{}])");
    socket.send(R"(421["operations.watch"])");
    EXPECT_EQ(socket.receive(), R"(431[{"ok":true}])") << "and nothing more";
}

TEST_F(LiveTest, EndsWithClientsConnectedAndTakesNoNewOnes) {
    auto socket = signed_in();
    socket.send(watch(start("wait"), 0));
    EXPECT_TRUE(socket.receive().starts_with("431"));
    auto polling = server->open();
    life->control().run([this] { return live->stop(); });
    std::string last;
    while (last != "close 1000" && last != "closed")
        last = socket.receive();
    EXPECT_EQ(server->get("EIO=4&transport=polling").status, 503);
    EXPECT_EQ(server->get(polling).status, 400);
    EXPECT_EQ(live->clients(), 0U);
}

} // namespace
} // namespace cang::api::live
