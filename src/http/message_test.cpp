#include "http/message.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

TEST(HttpMethod, RoundTripsEveryName) {
    for (Method method :
         {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::delete_, Method::options})
        EXPECT_EQ(parse_method(to_string(method)), method);
    EXPECT_EQ(parse_method("get"), std::nullopt);
    EXPECT_EQ(parse_method(""), std::nullopt);
}

TEST(HttpFields, ComparesNamesWithoutCase) {
    Fields fields{{"Content-Type", "text/plain"}, {"Link", "a"}, {"link", "b"}};
    EXPECT_EQ(fields.get("content-type"), "text/plain");
    EXPECT_EQ(fields.get_all("LINK"), (std::vector<std::string_view>{"a", "b"}));
    EXPECT_TRUE(fields.has("CONTENT-TYPE"));
    EXPECT_FALSE(fields.has("content"));
    EXPECT_EQ(fields.get("absent"), "");
    fields.set("LINK", "c");
    EXPECT_EQ(fields.get_all("link"), std::vector<std::string_view>{"c"});
    fields.erase("link");
    EXPECT_FALSE(fields.has("Link"));
    EXPECT_EQ(fields.size(), 1U);
}

TEST(HttpFields, RefusesHeaderInjection) {
    Fields fields;
    for (const std::string& value : {std::string("a\r\nSet-Cookie: b"), std::string("a\n"), std::string("a\0b", 3)}) {
        EXPECT_THROW(fields.add("X-Name", value), Error);
        EXPECT_THROW(fields.set("X-Name", value), Error);
    }
    EXPECT_THROW(fields.add("Bad Name", "a"), Error);
    EXPECT_THROW(fields.add("Bad:Name", "a"), Error);
    EXPECT_THROW(fields.add("", "a"), Error);
    EXPECT_TRUE(fields.empty());
}

struct RangeCase {
    std::string_view header;
    RangeOutcome outcome;
    std::uint64_t offset;
    std::uint64_t length;
};

class HttpRange : public testing::TestWithParam<RangeCase> {};

TEST_P(HttpRange, OfThousandBytes) {
    auto [outcome, range] = parse_range(GetParam().header, 1000);
    EXPECT_EQ(outcome, GetParam().outcome);
    EXPECT_EQ(range.offset, GetParam().offset);
    EXPECT_EQ(range.length, GetParam().length);
}

INSTANTIATE_TEST_SUITE_P(Table, HttpRange,
                         testing::Values(RangeCase{"bytes=0-99", RangeOutcome::partial, 0, 100},
                                         RangeCase{"bytes=900-", RangeOutcome::partial, 900, 100},
                                         RangeCase{"bytes=-1", RangeOutcome::partial, 999, 1},
                                         RangeCase{"bytes=-5000", RangeOutcome::partial, 0, 1000},
                                         RangeCase{"Bytes= 1 - 2 ", RangeOutcome::partial, 1, 2},
                                         RangeCase{"bytes=0-99999999999999999999999", RangeOutcome::partial, 0, 1000},
                                         RangeCase{"bytes=1000-", RangeOutcome::unsatisfiable, 0, 0},
                                         RangeCase{"bytes=99999999999999999999999-", RangeOutcome::unsatisfiable, 0, 0},
                                         RangeCase{"bytes=-0", RangeOutcome::unsatisfiable, 0, 0},
                                         RangeCase{"", RangeOutcome::whole, 0, 1000},
                                         RangeCase{"bytes", RangeOutcome::whole, 0, 1000},
                                         RangeCase{"bytes=", RangeOutcome::whole, 0, 1000},
                                         RangeCase{"bytes=-", RangeOutcome::whole, 0, 1000},
                                         RangeCase{"bytes=5-4", RangeOutcome::whole, 0, 1000},
                                         RangeCase{"bytes=0-1,4-5", RangeOutcome::whole, 0, 1000},
                                         RangeCase{"bytes=+1-2", RangeOutcome::whole, 0, 1000},
                                         RangeCase{"lines=0-1", RangeOutcome::whole, 0, 1000}));

TEST(HttpRangeOfNothing, IsUnsatisfiable) {
    EXPECT_EQ(parse_range("bytes=0-0", 0).first, RangeOutcome::unsatisfiable);
    EXPECT_EQ(parse_range("bytes=-1", 0).first, RangeOutcome::unsatisfiable);
}

TEST(HttpContentRange, ReadsBothSpellings) {
    EXPECT_EQ(parse_content_range("0-1023"), (std::pair<std::uint64_t, std::uint64_t>{0, 1023}));
    EXPECT_EQ(parse_content_range("bytes 5-9/*"), (std::pair<std::uint64_t, std::uint64_t>{5, 9}));
    EXPECT_EQ(parse_content_range("bytes 5-9/10"), (std::pair<std::uint64_t, std::uint64_t>{5, 9}));
    EXPECT_EQ(parse_content_range("bytes=5-9"), (std::pair<std::uint64_t, std::uint64_t>{5, 9}));
}

TEST(HttpContentRange, RejectsWhatIsNotARange) {
    for (std::string_view text : {"", "-", "5", "9-5", "-5", "5-", "a-b", "bytes", "bytes */10",
                                  "0-99999999999999999999", "1-2/x", "bytesx1-2"})
        EXPECT_EQ(parse_content_range(text), std::nullopt) << text;
}

TEST(HttpLink, FindsTheRelation) {
    EXPECT_EQ(parse_link("</v2/_catalog?n=1&last=a>; rel=\"next\"", "next"), "/v2/_catalog?n=1&last=a");
    EXPECT_EQ(parse_link("<a>;rel=next", "next"), "a");
    EXPECT_EQ(parse_link("<a>; rel=prev, <b,c>; title=\"x, y\"; REL=\"first NEXT\"", "next"), "b,c");
    EXPECT_EQ(parse_link("<a>; rel=\"ne\\xt\"", "next"), "a");
}

TEST(HttpLink, IsAbsentOtherwise) {
    for (std::string_view text : {"", "a; rel=next", "<a; rel=next", "<a>", "<a>; rel=\"next", "<a>; rel=nextpage",
                                  "<a>; rel=prev; rel=next", "<a>;;;"})
        EXPECT_EQ(parse_link(text, "next"), std::nullopt) << text;
}

TEST(HttpPercent, RoundTripsEveryByteButNul) {
    std::string all;
    for (int c = 1; c < 256; ++c)
        all.push_back(static_cast<char>(c));
    EXPECT_EQ(percent_decode(percent_encode(all)), all);
    EXPECT_EQ(percent_encode("a/b c~"), "a%2Fb%20c~");
}

TEST(HttpPercent, RejectsBadEscapesAndNul) {
    for (std::string_view text : {"%", "%1", "%zz", "a%0", "%00", "%2g"})
        EXPECT_EQ(percent_decode(text), std::nullopt) << text;
    EXPECT_EQ(percent_decode(std::string_view("a\0b", 3)), std::nullopt);
    EXPECT_EQ(percent_decode("a%2fb+c"), "a/b+c");
}

} // namespace
} // namespace cang::http
