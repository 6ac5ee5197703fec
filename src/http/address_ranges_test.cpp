#include "http/address_ranges.hpp"

#include "http/address_limit.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

AddressRanges ranges(std::string_view text) {
    auto parsed = AddressRanges::parse(text);
    EXPECT_TRUE(parsed) << parsed.error().to_string();
    return parsed.value_or(AddressRanges());
}

std::string reason(std::string_view text) {
    auto parsed = AddressRanges::parse(text);
    return parsed ? "accepted" : parsed.error().to_string();
}

TEST(Address, IsReadAndWrittenInOneWay) {
    EXPECT_EQ(to_text(*parse_address("192.0.2.1")), "192.0.2.1");
    EXPECT_EQ(to_text(*parse_address("::ffff:192.0.2.1")), "192.0.2.1");
    EXPECT_EQ(to_text(*parse_address("2001:DB8:0:0::1")), "2001:db8::1");
    for (const auto* text : {"", "192.0.2", "192.0.2.1:80", "[::1]", "::1%eth0", "host", "1.2.3.4.5"})
        EXPECT_FALSE(parse_address(text)) << text;
    EXPECT_FALSE(parse_address(std::string_view("::1\0x", 5)));
}

TEST(AddressRanges, HoldWhatTheirPrefixSays) {
    auto some = ranges("10.0.0.0/8, 192.0.2.7 2001:db8::/33");
    for (std::string_view inside : {"10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3", "192.0.2.7", "2001:db8:7fff::1"})
        EXPECT_TRUE(some.contains(inside)) << inside;
    for (std::string_view outside : {"9.255.255.255", "11.0.0.0", "192.0.2.6", "2001:db8:8000::1", "::a00:1", "host"})
        EXPECT_FALSE(some.contains(outside)) << outside;
    EXPECT_TRUE(ranges("0.0.0.0/0").contains(std::string_view("203.0.113.9")));
    EXPECT_FALSE(ranges("0.0.0.0/0").contains(std::string_view("2001:db8::1")));
    EXPECT_TRUE(ranges("::/0").contains(std::string_view("203.0.113.9")));
    EXPECT_TRUE(ranges("").empty());
}

TEST(AddressRanges, KnowWordsForWhatIsNear) {
    auto near = ranges("loopback,private");
    for (std::string_view inside : {"127.0.0.1", "::1", "10.1.1.1", "172.31.255.1", "192.168.0.9", "fd00::1"})
        EXPECT_TRUE(near.contains(inside)) << inside;
    for (std::string_view outside : {"172.32.0.1", "8.8.8.8", "fe80::1"})
        EXPECT_FALSE(near.contains(outside)) << outside;
}

TEST(AddressRanges, SayWhatIsWrongAndWhere) {
    EXPECT_EQ(reason("::1, proxy"),
              "\"proxy\" is not an address, a range such as 10.0.0.0/8, loopback or private (at character 6)");
    EXPECT_EQ(reason("10.0.0.0/33"), "\"10.0.0.0/33\" ends with a number from 0 to 32 (at character 1)");
    EXPECT_EQ(reason("::/129"), "\"::/129\" ends with a number from 0 to 128 (at character 1)");
    EXPECT_EQ(reason("10.0.0.0/"), "\"10.0.0.0/\" ends with a number from 0 to 32 (at character 1)");
    EXPECT_EQ(reason("10.1.0.0/8"), "\"10.1.0.0/8\" has bits of a host behind its prefix (at character 1)");
    std::string many;
    for (int i = 0; i < 300; ++i)
        many += "::1,";
    EXPECT_TRUE(reason(many).starts_with("more than 256 ranges")) << reason(many);
}

TEST(AddressLimit, CountsEachClientUntilItLeaves) {
    AddressLimit limit(2, ranges("10.0.0.1"));
    auto first = limit.admit("192.0.2.1");
    {
        auto second = limit.admit("192.0.2.1");
        EXPECT_TRUE(second);
        EXPECT_FALSE(limit.admit("192.0.2.1"));
        EXPECT_TRUE(limit.admit("192.0.2.2"));
    }
    EXPECT_TRUE(limit.admit("192.0.2.1"));
}

TEST(AddressLimit, CountsANetworkOfIpv6AsOneAndNoTrustedProxy) {
    AddressLimit limit(1, ranges("10.0.0.1"));
    auto first = limit.admit("2001:db8::1");
    EXPECT_FALSE(limit.admit("2001:db8::2"));
    EXPECT_TRUE(limit.admit("2001:db8:0:1::1"));
    auto proxy = limit.admit("10.0.0.1");
    EXPECT_TRUE(limit.admit("10.0.0.1"));
    AddressLimit none(0, {});
    auto one = none.admit("192.0.2.1");
    EXPECT_TRUE(none.admit("192.0.2.1"));
}

} // namespace
} // namespace cang::http
