#include "http/response_head.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

std::string head_of(const Response& response, ResponseFraming framing = {}) {
    framing.date = "now";
    std::string head;
    format_head(head, response, framing);
    return head;
}

TEST(ResponseHead, LeavesFramingToTheServer) {
    auto response = text_response(200, "abc");
    response.headers.add("Content-Length", "99");
    response.headers.add("Transfer-Encoding", "chunked");
    response.headers.add("Keep-Alive", "timeout=5");
    EXPECT_EQ(head_of(response), "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                 "Content-Length: 3\r\n\r\n");
}

TEST(ResponseHead, StatesNoLengthWhereNoBodyCanBe) {
    Response response;
    response.status = 204;
    EXPECT_EQ(head_of(response), "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n");
    response.status = 304;
    response.stated_length = 7;
    EXPECT_EQ(head_of(response), "HTTP/1.1 304 Not Modified\r\nDate: now\r\nContent-Length: 7\r\n\r\n");
}

TEST(ResponseHead, HasWhatEveryResponseHasAndAPolicyOnce) {
    ResponseFraming framing;
    framing.common = "X-Frame-Options: DENY\r\n";
    framing.default_policy = "default-src 'none'";
    Response response;
    response.status = 204;
    EXPECT_EQ(head_of(response, framing), "HTTP/1.1 204 No Content\r\nDate: now\r\nX-Frame-Options: DENY\r\n"
                                          "Content-Security-Policy: default-src 'none'\r\n\r\n");
    response.headers.set("Content-Security-Policy", "default-src 'self'");
    EXPECT_EQ(head_of(response, framing), "HTTP/1.1 204 No Content\r\nDate: now\r\nX-Frame-Options: DENY\r\n"
                                          "Content-Security-Policy: default-src 'self'\r\n\r\n");
    Response unchanged;
    unchanged.status = 304;
    EXPECT_EQ(head_of(unchanged, framing), "HTTP/1.1 304 Not Modified\r\nDate: now\r\nX-Frame-Options: DENY\r\n\r\n");
}

TEST(ResponseHead, RefusesAFieldNameThatIsNoToken) {
    Response response;
    try {
        response.headers.add("X Y", "value");
        head_of(response);
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_FALSE(error.message().empty());
    }
}

} // namespace
} // namespace cang::http
