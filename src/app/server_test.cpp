#include "app/server.hpp"
#include "testing/raw_http.hpp"
#include "testing/temp_dir.hpp"

#include <csignal>
#include <gtest/gtest.h>
#include <thread>

namespace cang::app {
namespace {

class ServerTest : public ::testing::Test {
protected:
    settings::Settings options() {
        settings::Settings given;
        given.set("data", std::string(directory / "data"));
        given.set("listen", "127.0.0.1:0");
        given.set("log-level", "warn"); // no access log either
        return given;
    }
    static std::uint16_t port_of(const Server& server) {
        auto url = server.url();
        return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    }
    static std::string get(std::string_view path) {
        return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    }
    testing::TempDir directory;
};

TEST_F(ServerTest, ServesUntilItIsAskedToStop) {
    Server server(make_config(options()));
    auto port = port_of(server);
    std::jthread running([&] { server.run(); });
    {
        testing::RawHttp client(port);
        EXPECT_EQ(client.exchange(get("/livez")).status, 200);
        EXPECT_EQ(client.exchange(get("/readyz")).body, "ok\n");
        EXPECT_EQ(client.exchange(get("/v2/")).status, 401);
        auto metrics = client.exchange(get("/metrics")).body;
        EXPECT_NE(metrics.find("registry_repositories 0\n"), std::string::npos) << metrics;
        EXPECT_NE(metrics.find("process_resident_memory_bytes"), std::string::npos);
        EXPECT_EQ(client.exchange(get("/api/v1/nothing")).status, 404);
    }
    ::kill(::getpid(), SIGTERM);
    running.join();
}

TEST_F(ServerTest, EndsInTimeWithALivePollThatWaits) {
    auto open = options();
    open.set("auth", "none");
    open.set("shutdown-grace", "1h");
    Server server(make_config(open));
    auto port = port_of(server);
    std::jthread running([&] { server.run(); });
    testing::RawHttp client(port);
    auto first = client.exchange(get("/socket.io/?EIO=4&transport=polling")).body;
    auto session = first.substr(first.find(R"("sid":")") + 7, 32);
    auto query = "/socket.io/?EIO=4&transport=polling&sid=" + session;
    EXPECT_EQ(client.exchange("POST " + query + " HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n40").body, "ok");
    auto greeting = client.exchange(get(query)).body;
    EXPECT_TRUE(greeting.starts_with("40{")) << greeting;
    EXPECT_NE(greeting.find(R"(42["server",{"version":)"), std::string::npos) << greeting;
    client.send(get(query));
    ::kill(::getpid(), SIGTERM);
    running.join();
}

TEST_F(ServerTest, KeepsCollectionsInTheHistory) {
    auto open = options();
    open.set("auth", "none");
    Server server(make_config(open));
    auto port = port_of(server);
    std::jthread running([&] { server.run(); });
    {
        testing::RawHttp client(port);
        auto done = client.exchange("POST /api/v1/gc HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
        EXPECT_EQ(done.body, R"({"dryRun":false,"manifests":0,"objects":0,"bytes":0,"uploads":0})");
        auto history = client.exchange(get("/api/v1/operations?type=registry.gc&state=succeeded")).body;
        EXPECT_NE(history.find(R"("total":1)"), std::string::npos) << history;
        auto unknown = client.exchange(get("/api/v1/operations/nothing"));
        EXPECT_EQ(unknown.status, 404);
        EXPECT_EQ(unknown.body, R"({"type":"about:blank","title":"not found","status":404,)"
                                R"("detail":"there is no such operation","kind":"not_found"})");
    }
    ::kill(::getpid(), SIGTERM);
    running.join();
}

TEST_F(ServerTest, MakesUpAPasswordOnTheFirstStartOnly) {
    EXPECT_TRUE(Server(make_config(options())).generated_password());
    EXPECT_FALSE(Server(make_config(options())).generated_password());
}

TEST_F(ServerTest, WantsNoAccountWithoutAccessControl) {
    auto open = options();
    open.set("auth", "none");
    EXPECT_FALSE(Server(make_config(open)).generated_password());
    EXPECT_FALSE(std::filesystem::exists(directory / "data" / "admin.hash"));
}

TEST_F(ServerTest, RefusesADirectoryThatAnotherServerHolds) {
    Server first(make_config(options()));
    try {
        Server second(make_config(options()));
        ADD_FAILURE() << "two servers hold one directory";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::conflict);
    }
}

} // namespace
} // namespace cang::app
