// Slow, oversized and malformed requests, and requests made to be read in two ways.
#include "http/server_under_test.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

using namespace std::chrono_literals;

ServerOptions impatient() {
    ServerOptions options;
    options.header_timeout = 60ms;
    options.idle_timeout = 60ms;
    options.body_stall_timeout = 60ms;
    return options;
}

TEST(ServerTimeouts, CloseAnIdleConnection) {
    ServerUnderTest room(impatient());
    EXPECT_TRUE(room.connect().closed_within(5s));
    auto used = room.connect();
    EXPECT_EQ(used.exchange("GET /text HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
    EXPECT_TRUE(used.closed_within(5s));
}

TEST(ServerLimits, AnswerATlsHandshakeOnAPlainPortAtOnce) {
    ServerUnderTest room({});
    auto client = room.connect();
    client.send(std::string_view("\x16\x03\x01\x02\x00\x01", 6));
    auto response = client.receive();
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.body, "the request is malformed\n");
    EXPECT_TRUE(client.closed_within(5s));
}

TEST(ServerTimeouts, EndAHeadThatTricklesIn) {
    ServerUnderTest room(impatient());
    auto client = room.connect();
    client.send("GET /text HTTP/1.1\r\n");
    auto response = client.receive();
    EXPECT_EQ(response.status, 408);
    EXPECT_EQ(response.body, "the request did not arrive in time\n");
    EXPECT_TRUE(client.closed_within(5s));
}

TEST(ServerTimeouts, EndAHeadWhoseBytesKeepComing) {
    auto options = impatient();
    options.idle_timeout = 60s;
    ServerUnderTest room(options);
    auto client = room.connect();
    client.send("GET /text HTTP/1.1\r\n");
    bool alive = true;
    for (int i = 0; i < 1000 && alive; ++i)
        alive = client.send("X: y\r\n") && !client.closed_within(10ms);
    EXPECT_FALSE(alive);
}

TEST(ServerTimeouts, EndABodyThatStalls) {
    ServerUnderTest room(impatient());
    auto client = room.connect();
    auto response = client.exchange("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
    EXPECT_EQ(response.status, 408);
    EXPECT_EQ(response.body, "the client stopped sending\n");
    EXPECT_TRUE(client.closed_within(5s));
}

TEST(ServerTimeouts, EndABodyThatTakesTooLongInAll) {
    auto options = impatient();
    options.body_stall_timeout = 60s;
    options.body_timeout = 60ms;
    ServerUnderTest room(options);
    auto response = room.connect().exchange("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
    EXPECT_EQ(response.status, 408);
    EXPECT_EQ(response.body, "the request body did not arrive in time\n");
}

TEST(ServerTimeouts, LeaveABodyOfAnySizeItsTimeWhileItMoves) {
    auto options = impatient();
    options.body_stall_timeout = 60s;
    options.body_timeout = 60ms;
    ServerUnderTest room(options);
    auto client = room.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na");
    EXPECT_FALSE(client.closed_within(200ms));
    EXPECT_EQ(client.exchange("b").body, "ab");
}

TEST(ServerLimits, CloseConnectionsBeyondThoseThatOneAddressMayHave) {
    ServerOptions options;
    options.max_connections_per_address = 2;
    ServerUnderTest room(options);
    auto first = room.connect();
    {
        auto second = room.connect();
        EXPECT_EQ(second.exchange("GET /text HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
        EXPECT_TRUE(room.connect().closed_within(5s));
    }
    EXPECT_TRUE(eventually([&] { return room.server.connections() == 1; }));
    EXPECT_EQ(room.connect().exchange("GET /text HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
}

TEST(ServerLimits, RefuseABodyLargerThanTheServersLimit) {
    ServerOptions options;
    options.max_body_bytes = 5;
    ServerUnderTest room(options);
    auto response = room.connect().exchange("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n");
    EXPECT_EQ(response.status, 413);
    EXPECT_EQ(response.body, "the request body is larger than 5 bytes\n");
}

TEST(ServerTimeouts, EndAResponseThatNobodyTakes) {
    ServerUnderTest room(impatient());
    auto client = room.connect();
    client.send("GET /file?size=60000000 HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(room.wait_for_accesses(1));
    EXPECT_TRUE(eventually([&] { return room.server.connections() == 0; }));
}

TEST(ServerLimits, RefuseAHeadThatIsTooLarge) {
    ServerUnderTest room;
    auto head = "GET /text HTTP/1.1\r\nHost: h\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n";
    EXPECT_EQ(room.connect().exchange(head).status, 431);
    std::string fields;
    for (int i = 0; i < 200; ++i)
        fields += "X: y\r\n";
    EXPECT_EQ(room.connect().exchange("GET /text HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n").status, 431);
}

TEST(ServerLimits, RefuseATargetThatIsTooLongOrMalformed) {
    ServerUnderTest room;
    auto status = [&](const std::string& target) {
        return room.connect().exchange("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n").status;
    };
    EXPECT_EQ(status("/" + std::string(9000, 'x')), 400);
    EXPECT_EQ(status("text"), 400);
    EXPECT_EQ(status("*"), 400);
    EXPECT_EQ(status("/a#b"), 400);
    EXPECT_EQ(status("/\xc3\xa9"), 400);
    EXPECT_EQ(status(std::string("/a\0b", 4)), 400);
}

struct Smuggle {
    const char* name;
    int status;
    std::string request;
};

TEST(ServerSmuggling, RefusesEveryRequestThatCouldBeReadInTwoWays) {
    const std::string post = "POST /echo HTTP/1.1\r\nHost: h\r\n";
    const std::vector<Smuggle> corpus{
        {"both framings", 400, post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"both framings, other order", 400, post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
        {"two lengths", 400, post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
        {"two equal lengths", 400, post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
        {"list of lengths", 400, post + "Content-Length: 5, 5\r\n\r\nhello"},
        {"signed length", 400, post + "Content-Length: +5\r\n\r\nhello"},
        {"negative length", 400, post + "Content-Length: -5\r\n\r\nhello"},
        {"hexadecimal length", 400, post + "Content-Length: 0x5\r\n\r\nhello"},
        {"length that overflows", 400, post + "Content-Length: 18446744073709551621\r\n\r\nhello"},
        {"empty length", 400, post + "Content-Length:\r\n\r\n"},
        {"unknown coding", 501, post + "Transfer-Encoding: gzip\r\n\r\n"},
        {"chunked not last", 501, post + "Transfer-Encoding: chunked, identity\r\n\r\n"},
        {"chunked twice", 501, post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
        {"two codings", 400, post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"},
        {"disguised coding", 501, post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
        {"coding in HTTP/1.0", 400, "POST /echo HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"folded line", 400, post + "X: a\r\n b\r\nContent-Length: 0\r\n\r\n"},
        {"folded coding", 400, post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
        {"space before the colon", 400, post + "Content-Length : 5\r\n\r\nhello"},
        {"bare line feed", 400, post + "X: a\nContent-Length: 5\r\n\r\nhello"},
        {"bare carriage return", 400, post + "X: a\rContent-Length: 5\r\n\r\nhello"},
        {"NUL in a value", 400, post + std::string("X: a\0b\r\n\r\n", 11)},
        {"no host", 400, "GET /text HTTP/1.1\r\n\r\n"},
        {"two hosts", 400, "GET /text HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
        {"malformed host", 400, "GET /text HTTP/1.1\r\nHost: a/b@c\r\n\r\n"},
        {"unknown version", 505, "GET /text HTTP/1.2\r\nHost: h\r\n\r\n"},
        {"HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"no version", 400, "GET /text\r\nHost: h\r\n\r\n"},
        {"unknown method", 501, "BREW /text HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"space in the target", 505, "GET /te xt HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"unknown expectation", 417, post + "Expect: 200-ok\r\nContent-Length: 1\r\n\r\n"},
    };
    ServerUnderTest room;
    for (const auto& each : corpus) {
        auto client = room.connect();
        auto response = client.exchange(each.request);
        EXPECT_EQ(response.status, each.status) << each.name << ": " << response.body;
        EXPECT_EQ(response.header("Connection"), "close") << each.name;
        client.end_of_sending();
        EXPECT_TRUE(client.closed_within(5s)) << each.name;
    }
}

TEST(ServerSmuggling, RefusesMalformedChunks) {
    ServerUnderTest room;
    for (std::string body : {"x\r\n", "\r\n", "-1\r\n", "+1\r\na\r\n0\r\n\r\n", "0x1\r\na\r\n0\r\n\r\n",
                             "1 \r\na\r\n0\r\n\r\n", "1\na\r\n0\r\n\r\n", "1\r\nab\r\n0\r\n\r\n",
                             "11111111111111111\r\n", "ffffffffffffffff\r\n", "1\r\na\r\n0\r\nX: \x01\r\n\r\n"}) {
        auto client = room.connect();
        auto response = client.exchange("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        EXPECT_EQ(response.status, 400) << body;
        EXPECT_EQ(response.header("Connection"), "close") << body;
    }
    auto endless = room.connect().exchange("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                                           std::string(20'000, 'x'));
    EXPECT_EQ(endless.status, 400);
}

} // namespace
} // namespace cang::http
