#include "api/live/watch_request.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace cang::api::live {
namespace {

std::string parsed(const std::string& text) {
    auto request = parse_watch_request(boost::json::parse(text).as_array());
    return request ? request->operation + " after " + std::to_string(request->after) : request.error().reason;
}

TEST(WatchRequest, NamesAnOperationAndASequence) {
    EXPECT_EQ(parsed(R"([{"id":"a1","after":7}])"), "a1 after 7");
    EXPECT_EQ(parsed(R"([{"id":"a1"}])"), "a1 after 0");
    EXPECT_EQ(parsed(R"([{"id":"a1","after":null},"more"])"), "a1 after 0");
}

TEST(WatchRequest, IsRefusedWithAReason) {
    for (const char* text : {"[]", "[1]", "[{}]", R"([{"id":""}])", R"([{"id":7}])", R"(["a1"])"})
        EXPECT_EQ(parsed(text), "id must name an operation") << text;
    EXPECT_EQ(parsed(R"([{"id":")" + std::string(65, 'a') + R"("}])"), "id must name an operation");
    for (const char* after : {"-1", "1.5", "\"1\"", "18446744073709551615", "{}"})
        EXPECT_EQ(parsed(R"([{"id":"a","after":)" + std::string(after) + "}]"),
                  "after must be the sequence of an event");
}

} // namespace
} // namespace cang::api::live
