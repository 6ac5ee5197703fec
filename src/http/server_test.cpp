#include "http/server.hpp"

#include "base/error.hpp"
#include "http/server_under_test.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace cang::http {
namespace {

using namespace std::chrono_literals;
using testing::RawHttp;

constexpr std::string_view kGetText = "GET /text HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(Server, AnswersWithFramingDateAndName) {
    ServerUnderTest room;
    auto client = room.connect();
    auto response = client.exchange(kGetText);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "shared text");
    EXPECT_EQ(response.header("Content-Length"), "11");
    EXPECT_EQ(response.header("Server"), "cang");
    EXPECT_EQ(response.header("Date").size(), std::string("Sun, 06 Nov 1994 08:49:37 GMT").size());
    EXPECT_EQ(response.header("Connection"), "");
    EXPECT_TRUE(room.wait_for_accesses(1));
    EXPECT_EQ(room.accesses(), std::vector<std::string>{"/text 200 0 11"});
}

TEST(Server, KeepsTheConnection) {
    ServerUnderTest room;
    auto client = room.connect();
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(client.exchange(kGetText).body, "shared text");
    EXPECT_EQ(room.server.connections(), 1U);
}

TEST(Server, ClosesWhenTheClientAsks) {
    ServerUnderTest room;
    auto client = room.connect();
    auto response = client.exchange("GET /text HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(response.header("Connection"), "close");
    EXPECT_TRUE(client.closed_within(5s));
}

TEST(Server, ClosesAfterAResponseToHttp10UnlessAskedToKeep) {
    ServerUnderTest room;
    auto client = room.connect();
    auto kept = client.exchange("GET /text HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(kept.head.substr(0, 15), "HTTP/1.0 200 OK");
    EXPECT_EQ(kept.header("Connection"), "keep-alive");
    auto last = client.exchange("GET /stream?bytes=5 HTTP/1.0\r\n\r\n");
    EXPECT_EQ(last.header("Transfer-Encoding"), "");
    EXPECT_EQ(last.body, "sssss");
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
    ServerUnderTest room;
    auto client = room.connect();
    std::string requests;
    for (int i = 0; i < 50; ++i)
        requests += "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n" + std::to_string(10 + i);
    client.send(requests);
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(client.receive().body, std::to_string(10 + i));
}

TEST(Server, TakesARequestByteByByte) {
    ServerUnderTest room;
    auto client = room.connect();
    for (char c : std::string("\r\nPOST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"))
        client.send(std::string(1, c));
    EXPECT_EQ(client.receive().body, "abcde");
    EXPECT_EQ(client.exchange(kGetText).status, 200);
}

TEST(Server, TakesLargeBodiesWithALengthAndInChunks) {
    ServerUnderTest room;
    auto client = room.connect();
    std::string body(3'000'000, 'b');
    client.send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n" + body);
    EXPECT_EQ(client.receive().body, "3000000");
    std::string chunks;
    for (std::size_t at = 0; at < body.size(); at += 30'000)
        chunks += "7530\r\n" + body.substr(at, 30'000) + "\r\n";
    client.send("POST /count HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n");
    EXPECT_EQ(client.receive().body, "3000000");
    EXPECT_EQ(client.exchange(kGetText).status, 200);
}

TEST(Server, SendsContinueOnlyWhenTheHandlerReads) {
    ServerUnderTest room;
    auto client = room.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.receive().status, 100);
    client.send("abc");
    EXPECT_EQ(client.receive().body, "abc");
    client.send("POST /ignore HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    auto refused = client.receive();
    EXPECT_EQ(refused.status, 200);
    EXPECT_EQ(refused.header("Connection"), "close");
    client.end_of_sending();
    EXPECT_TRUE(client.closed_within(5s));
}

TEST(Server, RefusesABodyBeyondTheRoutesLimit) {
    ServerUnderTest room;
    auto stated = room.connect().exchange("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n");
    EXPECT_EQ(stated.status, 413);
    EXPECT_EQ(stated.body, "the request body is larger than 10 bytes\n");
    EXPECT_EQ(stated.header("Connection"), "close");
    auto chunked = room.connect().exchange(
        "POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n");
    EXPECT_EQ(chunked.status, 413);
    EXPECT_EQ(room.connect().exchange("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789").body,
              "0123456789");
}

TEST(Server, ForgetsASmallUnreadBodyAndClosesOnALargeOne) {
    ServerUnderTest room;
    auto client = room.connect();
    EXPECT_EQ(client.exchange("POST /ignore HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello").status, 200);
    EXPECT_EQ(client.exchange(kGetText).body, "shared text");
    client.send("POST /ignore HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n" + std::string(2'000'000, 'x'));
    auto response = client.receive();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.header("Connection"), "close");
    EXPECT_TRUE(client.closed_within(5s));
}

TEST(Server, StatesTheLengthOfAHeadWithoutABody) {
    ServerUnderTest room;
    auto client = room.connect();
    client.send("HEAD /text HTTP/1.1\r\nHost: h\r\n\r\nHEAD /stated HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(client.receive(true).header("Content-Length"), "11");
    EXPECT_EQ(client.receive(true).header("Content-Length"), "12345");
    EXPECT_EQ(client.exchange(kGetText).body, "shared text");
}

TEST(Server, SendsFilesAndRangesOfThem) {
    ServerUnderTest room;
    auto client = room.connect();
    auto whole = client.exchange("GET /file?size=9000000 HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(whole.body.size(), 9'000'000U);
    auto part = client.exchange("GET /file?size=9000000 HTTP/1.1\r\nHost: h\r\nRange: bytes=999-2000\r\n\r\n");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, whole.body.substr(999, 1002));
    EXPECT_EQ(client.exchange("GET /file?size=0 HTTP/1.1\r\nHost: h\r\n\r\n").header("Content-Length"), "0");
}

TEST(Server, StreamsInChunksOrWithALength) {
    ServerUnderTest room;
    auto client = room.connect();
    auto chunked = client.exchange("GET /stream?bytes=200000 HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(chunked.header("Transfer-Encoding"), "chunked");
    EXPECT_EQ(chunked.body.size(), 200'000U);
    auto sized = client.exchange("GET /stream?bytes=200000&length=200000 HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(sized.header("Content-Length"), "200000");
    EXPECT_EQ(sized.body.size(), 200'000U);
    EXPECT_EQ(client.exchange("GET /stream?bytes=0 HTTP/1.1\r\nHost: h\r\n\r\n").body, "");
}

TEST(Server, CutsAResponseWhoseSourceBreaksAfterTheHead) {
    ServerUnderTest room;
    EXPECT_FALSE(room.connect().exchange("GET /stream?bytes=9&breaks HTTP/1.1\r\nHost: h\r\n\r\n").complete);
    EXPECT_FALSE(room.connect().exchange("GET /stream?bytes=9&length=10 HTTP/1.1\r\nHost: h\r\n\r\n").complete);
}

TEST(Server, AnswersWithAnErrorWhenTheSourceBreaksBeforeTheHead) {
    ServerUnderTest room;
    auto client = room.connect();
    auto response = client.exchange("GET /stream?bytes=0&breaks HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.body, "the source broke\n");
    EXPECT_EQ(client.exchange(kGetText).status, 200);
}

TEST(Server, NeverSendsAMalformedHeader) {
    ServerUnderTest room;
    auto split = room.connect().exchange("GET /injected?name=X%0d%0aEvil HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(split.status, 400);
    EXPECT_EQ(split.head.find("Evil"), std::string::npos);
}

TEST(Server, AnswersUnmatchedPathsAndMethods) {
    ServerUnderTest room;
    auto client = room.connect();
    EXPECT_EQ(client.exchange("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n").status, 404);
    auto response = client.exchange("DELETE /text HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(response.header("Allow"), "GET, HEAD");
    EXPECT_EQ(client.exchange("GET http://h/text?x HTTP/1.1\r\nHost: h\r\n\r\n").body, "shared text");
}

TEST(Server, TurnsAnExceptionIntoAResponse) {
    ServerHooks hooks;
    hooks.on_error = [](const Request& request) {
        auto error = current_error();
        return text_response(418, std::string(request.path) + ": " + error.message());
    };
    ServerUnderTest room({}, {}, hooks);
    auto client = room.connect();
    auto response = client.exchange("GET /fail HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(response.status, 418);
    EXPECT_EQ(response.body, "/fail: that went wrong");
    EXPECT_EQ(client.exchange(kGetText).status, 200);
}

TEST(Server, AuthorizesBeforeTheBodyIsRead) {
    ServerHooks hooks;
    hooks.authorize = [](Request& request, const Route&) -> awaitable<std::optional<Response>> {
        std::optional<Response> refusal;
        if (request.header("Authorization").empty())
            refusal = text_response(401, "who?");
        co_return refusal;
    };
    ServerUnderTest room({}, {}, hooks);
    auto client = room.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.receive().status, 401);
    auto other = room.connect();
    EXPECT_EQ(other.exchange("GET /text HTTP/1.1\r\nHost: h\r\nAuthorization: yes\r\n\r\n").status, 200);
}

TEST(Server, SurvivesClientsThatLeaveInTheMiddle) {
    ServerUnderTest room;
    for (int i = 0; i < 20; ++i) {
        auto sending = room.connect();
        sending.send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nsome of it");
        sending.reset();
        auto receiving = room.connect();
        receiving.send("GET /file?size=8000000 HTTP/1.1\r\nHost: h\r\n\r\n");
        receiving.reset();
    }
    EXPECT_TRUE(eventually([&] { return room.server.connections() == 0; }));
    EXPECT_EQ(room.connect().exchange(kGetText).status, 200);
}

TEST(Server, SaysWhyItCannotListen) {
    ServerUnderTest room;
    ServerOptions options;
    options.port = room.server.port();
    try {
        Server second(options, room.router, {});
        ADD_FAILURE() << "the port is taken";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::unavailable);
        EXPECT_EQ(error.message(),
                  "cannot listen on 127.0.0.1:" + std::to_string(room.server.port()) + ": Address already in use");
    }
}

TEST(Server, HoldsTwoThousandIdleConnections) {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    ServerUnderTest room;
    std::vector<RawHttp> clients;
    for (int i = 0; i < 2000; ++i)
        clients.push_back(room.connect());
    EXPECT_TRUE(eventually([&] { return room.server.connections() == 2000; }));
    for (std::size_t i = 0; i < clients.size(); i += 100)
        EXPECT_EQ(clients[i].exchange(kGetText).body, "shared text");
}

TEST(Server, LetsConnectionsBeyondTheMaximumWait) {
    ServerOptions options;
    options.max_connections = 2;
    ServerUnderTest room(options);
    auto first = room.connect();
    auto second = room.connect();
    EXPECT_EQ(first.exchange(kGetText).status, 200);
    EXPECT_EQ(second.exchange(kGetText).status, 200);
    auto third = room.connect();
    third.send(kGetText);
    EXPECT_EQ(room.server.connections(), 2U);
    first.reset();
    EXPECT_EQ(third.receive().status, 200);
}

} // namespace
} // namespace cang::http
