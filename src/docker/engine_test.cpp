// Conversations with engines of all kinds.
#include "docker/images.hpp"

#include "testing/run_async.hpp"
#include "testing/scripted_server.hpp"

#include <gtest/gtest.h>

namespace cang::docker {
namespace {

using testing::Exchange;
using testing::ScriptedServer;

Exchange ping(std::string api) {
    Exchange exchange;
    exchange.target = "/_ping";
    exchange.response_headers = {{"Api-Version", std::move(api)}};
    exchange.body = "OK";
    return exchange;
}

Exchange answer(std::string method, std::string target, int status, std::string body) {
    Exchange exchange;
    exchange.method = std::move(method);
    exchange.target = std::move(target);
    exchange.status = status;
    exchange.body = std::move(body);
    return exchange;
}

// Runs `body` against a scripted engine; what it throws comes back as text.
std::string talk(ScriptedServer& server, const std::function<awaitable<void>(Engine&)>& body) {
    std::string message;
    testing::run_async([&]() -> awaitable<void> {
        EngineOptions options;
        options.endpoint = *Endpoint::parse(server.url(""));
        const auto executor = co_await asio::this_coro::executor;
        Engine engine(executor, options);
        try {
            co_await body(engine);
        } catch (const Error& error) {
            message = error.message();
        }
    });
    return message;
}

TEST(DockerEngine, SpeaksTheOlderOfBothVersions) {
    ScriptedServer server({ping("1.30"), answer("GET", "/v1.30/images/json", 200, "[]")});
    const auto failure = talk(server, [](Engine& engine) -> awaitable<void> {
        Images images(engine);
        const auto list = co_await images.list();
        EXPECT_TRUE(list.empty());
    });
    EXPECT_EQ(failure, "");
    EXPECT_EQ(server.problems(), "");
}

TEST(DockerEngine, AsksANewerEngineToBehaveLikeTheOneItKnows) {
    ScriptedServer server({ping("9.99"), answer("GET", "/v1.48/images/json?all=1", 200, "[]")});
    const auto failure = talk(server, [](Engine& engine) -> awaitable<void> {
        Images images(engine);
        co_await images.list(true);
    });
    EXPECT_EQ(failure, "");
    EXPECT_EQ(server.problems(), "");
}

TEST(DockerEngine, RefusesEnginesThatAreTooOldOrNone) {
    const auto try_ping = [](Engine& engine) -> awaitable<void> { co_await engine.ping(); };
    ScriptedServer old({ping("1.23")});
    EXPECT_EQ(talk(old, try_ping), "the Docker Engine speaks API 1.23, at least 1.24 is needed");
    ScriptedServer strange({ping("new")});
    EXPECT_EQ(talk(strange, try_ping), "the Docker Engine does not name its API version");
    ScriptedServer page({answer("GET", "/_ping", 403, "<html>")});
    EXPECT_EQ(talk(page, try_ping), "the Docker Engine answered with status 403");
}

TEST(DockerEngine, SurfacesDockersMessageAndKind) {
    ScriptedServer server({ping("1.41"), answer("DELETE", "/v1.41/images/app:1?force=0", 409,
                                                R"({"message":"conflict: container 12ab is using it"})")});
    const auto failure = talk(server, [](Engine& engine) -> awaitable<void> {
        Images images(engine);
        co_await images.remove("app:1");
    });
    EXPECT_EQ(failure, "Docker Engine: conflict: container 12ab is using it");
    EXPECT_EQ(server.problems(), "");
}

TEST(DockerImages, ReadWhatTheEngineKnows) {
    const std::string id = "sha256:" + std::string(64, 'a');
    const std::string layer = "sha256:" + std::string(64, 'b');
    ScriptedServer server(
        {ping("1.41"),
         answer("GET", "/v1.41/images/json", 200,
                R"([{"Id":")" + id + R"(","RepoTags":["<none>:<none>"],"RepoDigests":null,"Size":7}])"),
         answer("GET", "/v1.41/images/team/app:1/json", 200,
                R"({"Id":")" + id +
                    R"(","RepoTags":["team/app:1"],"Os":"linux","Architecture":"arm64","Variant":"v8",)" +
                    R"("RootFS":{"Type":"layers","Layers":[")" + layer + R"("]}})"),
         answer("GET", "/v1.41/images/absent:1/json", 404, R"({"message":"No such image: absent:1"})")});
    const auto failure = talk(server, [&](Engine& engine) -> awaitable<void> {
        Images images(engine);
        const auto list = co_await images.list();
        EXPECT_EQ(list.size(), 1U);
        EXPECT_TRUE(list.at(0).repo_tags.empty());
        EXPECT_EQ(list.at(0).bytes, 7U);
        const auto image = co_await images.find("team/app:1");
        EXPECT_EQ(image->id.to_string(), id);
        EXPECT_EQ(image->platform.to_string(), "linux/arm64/v8");
        EXPECT_EQ(image->diff_ids.at(0).to_string(), layer);
        const auto absent = co_await images.find("absent:1");
        EXPECT_FALSE(absent);
    });
    EXPECT_EQ(failure, "");
    EXPECT_EQ(server.problems(), "");
}

TEST(DockerImages, RefuseDocumentsThatAreNone) {
    const auto list = [](Engine& engine) -> awaitable<void> {
        Images images(engine);
        co_await images.list();
    };
    const auto path = "/v1.41/images/json";
    ScriptedServer page({ping("1.41"), answer("GET", path, 200, "<html>")});
    EXPECT_EQ(talk(page, list), "the Docker Engine sent an image list that is not JSON");
    ScriptedServer object({ping("1.41"), answer("GET", path, 200, "{}")});
    EXPECT_EQ(talk(object, list), "the Docker Engine sent an image list that is not a JSON array");
    ScriptedServer nameless({ping("1.41"), answer("GET", path, 200, R"([{"Id":"../../x"}])")});
    EXPECT_EQ(talk(nameless, list), "the Docker Engine sent an image without a valid ID");
}

TEST(DockerImages, SaveNamesEveryImageOnce) {
    ScriptedServer server(
        {ping("1.41"), answer("GET", "/v1.41/images/get?names=app%3A1&names=team%2Fapp%3A2", 200, "an archive")});
    std::string bytes;
    const auto failure = talk(server, [&](Engine& engine) -> awaitable<void> {
        Images images(engine);
        const std::vector<std::string> names{"app:1", "team/app:2"};
        auto stream = co_await images.save(names);
        bytes = co_await io::read_all(*stream, 100);
    });
    EXPECT_EQ(failure, "");
    EXPECT_EQ(bytes, "an archive");
    EXPECT_EQ(server.problems(), "");
}

TEST(DockerImages, LoadFailsWithWhatTheProgressStreamSays) {
    auto load = answer("POST", "/v1.41/images/load?quiet=0", 200,
                       "{\"status\":\"Loading layer\",\"progressDetail\":{\"current\":1,\"total\":2},\"id\":\"ab\"}\r\n"
                       "{\"errorDetail\":{\"message\":\"no space left on device\"},\"error\":\"no space left\"}\r\n");
    load.request_body = "an archive";
    ScriptedServer server({ping("1.41"), load});
    std::size_t seen = 0;
    const auto failure = talk(server, [&](Engine& engine) -> awaitable<void> {
        Images images(engine);
        auto archive = io::memory_reader("an archive");
        const LoadObserver observer = [&](const LoadProgress& progress) { seen += progress.total; };
        co_await images.load(*archive, 10, observer);
    });
    EXPECT_EQ(failure, "Docker Engine: no space left on device");
    EXPECT_EQ(seen, 2U);
    EXPECT_EQ(server.problems(), "");
}

} // namespace
} // namespace cang::docker
