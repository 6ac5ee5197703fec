#include "http/static_files.hpp"

#include "http/server_under_test.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

// `gzip -9n` of "hello hello hello hello\n".
constexpr unsigned char kPacked[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
                                     0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x27, 0xb9,
                                     0x00, 0x00, 0x88, 0x59, 0x0b, 0x18, 0x00, 0x00, 0x00};
const std::string kText = "hello hello hello hello\n";

const StaticFile kFiles[] = {
    {"/assets/app-12345678.js",
     "text/javascript; charset=utf-8",
     {reinterpret_cast<const char*>(kPacked), sizeof kPacked},
     true,
     24,
     "aa",
     true},
    {"/index.html", "text/html; charset=utf-8", "<p>", false, 3, "bb", false},
};

class StaticFilesTest : public ::testing::Test {
protected:
    Response ask(std::string_view path, Fields headers = {}) {
        Request request;
        request.headers = &headers;
        return files.reply(request, *files.find(path));
    }

    StaticFiles files{kFiles};
};

TEST_F(StaticFilesTest, AreFoundByTheirExactPathOnly) {
    EXPECT_EQ(files.find("/index.html"), &kFiles[1]);
    for (const auto* path : {"", "/", "index.html", "/INDEX.html", "/index.html/", "/assets", "/assets/../index.html",
                             "/%69ndex.html", "/z"})
        EXPECT_EQ(files.find(path), nullptr) << path;
}

TEST_F(StaticFilesTest, AreSentAsTheyAreKept) {
    auto reply = ask("/assets/app-12345678.js", {{"Accept-Encoding", "br, gzip;q=0.8"}});
    EXPECT_EQ(reply.headers.get("Content-Encoding"), "gzip");
    EXPECT_EQ(reply.headers.get("Vary"), "Accept-Encoding");
    EXPECT_EQ(reply.headers.get("ETag"), "\"aa-gzip\"");
    EXPECT_EQ(reply.headers.get("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(std::get<StaticBody>(reply.body).bytes.data(), kFiles[0].bytes.data());
    EXPECT_FALSE(reply.headers.has("Content-Security-Policy"));
}

TEST_F(StaticFilesTest, AreInflatedForAClientThatTakesNoGzip) {
    auto reply = ask("/assets/app-12345678.js");
    EXPECT_FALSE(reply.headers.has("Content-Encoding"));
    EXPECT_EQ(reply.headers.get("ETag"), "\"aa\"");
    auto& stream = std::get<StreamBody>(reply.body);
    EXPECT_EQ(stream.length, kText.size());
    auto text = cang::testing::run_async<std::string>([&] { return io::read_all(*stream.reader, 100); });
    EXPECT_EQ(text, kText);
}

TEST_F(StaticFilesTest, AreNotSentAgainUnchanged) {
    auto same = ask("/index.html", {{"If-None-Match", "W/\"bb\""}});
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.headers.get("ETag"), "\"bb\"");
    EXPECT_EQ(same.headers.get("Cache-Control"), "no-cache");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(same.body));
    EXPECT_EQ(ask("/index.html", {{"If-None-Match", "\"aa\""}}).status, 200);
    EXPECT_EQ(ask("/assets/app-12345678.js", {{"If-None-Match", "\"aa-gzip\""}}).status, 200)
        << "the tag is the packed form's, the client takes none";
}

TEST_F(StaticFilesTest, PagesKeepToThemselves) {
    auto reply = ask("/index.html");
    auto policy = reply.headers.get("Content-Security-Policy");
    for (const auto* rule : {"default-src 'self'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'"})
        EXPECT_NE(policy.find(rule), std::string_view::npos) << rule;
    EXPECT_EQ(policy.find("script-src 'self' 'unsafe"), std::string_view::npos);
}

TEST_F(StaticFilesTest, GoOverTheWire) {
    auto handle = [this](Request& request) -> awaitable<Response> {
        co_return files.reply(request, *files.find(request.path));
    };
    ServerUnderTest server({}, {{Method::get, "/index.html", "page", "public", handle},
                                {Method::head, "/assets/{file...}", "asset", "public", handle}});
    auto client = server.connect();
    auto page = client.exchange("GET /index.html HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(page.body, "<p>");
    EXPECT_EQ(page.header("Content-Length"), "3");
    client.send("HEAD /assets/app-12345678.js HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(client.receive(true).header("Content-Length"), "24");
    client.send("HEAD /assets/app-12345678.js HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
    EXPECT_EQ(client.receive(true).header("Content-Length"), std::to_string(sizeof kPacked));
}

TEST(AcceptsGzip, ReadsTheField) {
    for (const auto* text : {"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "identity, gzip ;q=0.001", "*"})
        EXPECT_TRUE(accepts_gzip(text)) << text;
    for (const auto* text : {"", "br", "gzip;q=0", "*, gzip; q=0.000", "*;q=0", "x-gzip2", ",;,"})
        EXPECT_FALSE(accepts_gzip(text)) << text;
}

} // namespace
} // namespace cang::http
