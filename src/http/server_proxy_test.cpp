// What a server believes of proxies, and what it tells browsers.
#include "http/security_headers.hpp"
#include "http/server_under_test.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

awaitable<Response> tell_client(Request& request) {
    co_return text_response(200, std::string(request.scheme) + " " + request.remote_address);
}

std::string client_behind(std::string_view trusted, std::string_view fields) {
    ServerOptions options;
    options.trusted_proxies = AddressRanges::parse(trusted).value();
    ServerUnderTest room(options, {{Method::get, "/client", "client", "public", tell_client}});
    return room.connect().exchange("GET /client HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n").body;
}

TEST(ServerProxy, IsBelievedWhenItIsTrusted) {
    auto fields = "X-Forwarded-Proto: https\r\nX-Forwarded-For: 198.51.100.1, 203.0.113.7\r\nX-Forwarded-For: ::1\r\n";
    EXPECT_EQ(client_behind("loopback", fields), "https 203.0.113.7");
    EXPECT_EQ(client_behind("", fields), "http 127.0.0.1");
    EXPECT_EQ(client_behind("10.0.0.0/8", fields), "http 127.0.0.1");
}

TEST(ServerProxy, MaySaySchemeOrAddressAlone) {
    EXPECT_EQ(client_behind("loopback", "X-Forwarded-Proto: https\r\n"), "https 127.0.0.1");
    EXPECT_EQ(client_behind("loopback", "X-Forwarded-Proto: gopher\r\n"), "http 127.0.0.1");
    EXPECT_EQ(client_behind("loopback", "X-Forwarded-For: 203.0.113.7\r\n"), "http 203.0.113.7");
}

TEST(ServerHeaders, AreInEveryResponseAlsoToWhatIsNoRequest) {
    ServerOptions options;
    options.common_headers = security_headers(std::chrono::hours(24 * 365));
    options.default_policy = kDataPolicy;
    ServerUnderTest room(options);
    for (std::string_view request :
         {"GET /text HTTP/1.1\r\nHost: h\r\n\r\n", "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /fail HTTP/1.1\r\nHost: h\r\n\r\n", "BREW / HTTP/1.1\r\n\r\n"}) {
        auto response = room.connect().exchange(request);
        EXPECT_EQ(response.header("X-Content-Type-Options"), "nosniff") << request;
        EXPECT_EQ(response.header("X-Frame-Options"), "DENY") << request;
        EXPECT_EQ(response.header("Strict-Transport-Security"), "max-age=31536000") << request;
        EXPECT_EQ(response.header("Content-Security-Policy"), kDataPolicy) << request;
    }
}

TEST(ServerHeaders, SayHstsOnlyWhenAsked) {
    EXPECT_EQ(security_headers(std::chrono::seconds(0)).find("Strict-Transport-Security"), std::string::npos);
}

} // namespace
} // namespace cang::http
