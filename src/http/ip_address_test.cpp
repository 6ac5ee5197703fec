#include "http/ip_address.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

std::string read(std::string_view text) {
    auto address = IpAddress::parse(text);
    return address ? address->to_string() : "none";
}

TEST(IpAddress, ReadsOneSpellingOfIpv4) {
    EXPECT_EQ(read("127.0.0.1"), "127.0.0.1");
    EXPECT_EQ(read("255.255.255.255"), "255.255.255.255");
    for (const auto* text :
         {"127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.01", "127.0.0.256", "127.0.0.1.",
          " 127.0.0.1", "127.0.0.1 ", "127.0.0.1:80", "", "localhost", "1.2.3.4.5"})
        EXPECT_EQ(read(text), "none") << text;
    EXPECT_EQ(read(std::string_view("127.0.0.1\0.example", 18)), "none");
}

TEST(IpAddress, ReadsIpv6AndShowsItShort) {
    EXPECT_EQ(read("::1"), "::1");
    EXPECT_EQ(read("FE80:0:0::1"), "fe80::1");
    EXPECT_EQ(read("2001:db8:0:0:0:0:0:1"), "2001:db8::1");
    for (const auto* text : {"[::1]", "fe80::1%eth0", "::1::", ":::", "1:2:3:4:5:6:7:8:9", "g::1"})
        EXPECT_EQ(read(text), "none") << text;
}

TEST(IpAddress, TakesAMappedAddressForTheIpv4One) {
    EXPECT_EQ(read("::ffff:127.0.0.1"), "127.0.0.1");
    EXPECT_EQ(read("::ffff:7f00:1"), "127.0.0.1");
    EXPECT_EQ(read("0:0:0:0:0:ffff:a9fe:a9fe"), "169.254.169.254");
}

TEST(IpAddress, KnowsWhatTranslatorsMakeOfIt) {
    auto inner = [](const char* text) {
        auto embedded = IpAddress::parse(text).value().embedded();
        return embedded ? embedded->to_string() : "none";
    };
    EXPECT_EQ(inner("64:ff9b::7f00:1"), "127.0.0.1");
    EXPECT_EQ(inner("64:ff9b::10.0.0.5"), "10.0.0.5");
    EXPECT_EQ(inner("2002:a9fe:a9fe::1"), "169.254.169.254");
    EXPECT_EQ(inner("2001:db8::1"), "none");
    EXPECT_EQ(inner("32.2.0.1"), "none") << "its bytes are those of 2002::/16";
}

std::string range(std::string_view text) {
    auto parsed = IpRange::parse(text);
    return parsed ? parsed->to_string() : parsed.error().to_string();
}

TEST(IpRange, ReadsAddressesAndRanges) {
    EXPECT_EQ(range("10.0.0.0/8"), "10.0.0.0/8");
    EXPECT_EQ(range("10.0.0.5"), "10.0.0.5");
    EXPECT_EQ(range("10.0.0.5/32"), "10.0.0.5");
    EXPECT_EQ(range("0.0.0.0/0"), "0.0.0.0/0");
    EXPECT_EQ(range("FD00::/8"), "fd00::/8");
    EXPECT_EQ(range("::1/128"), "::1");
    EXPECT_EQ(range("::ffff:10.0.0.0/104"), "10.0.0.0/8");
    EXPECT_EQ(range("::ffff:10.0.0.5"), "10.0.0.5");
}

TEST(IpRange, SaysWhatIsWrongAndWhere) {
    EXPECT_EQ(range("10.0.0.0/33"), "the length of this range is a number from 0 to 32 (at character 10)");
    EXPECT_EQ(range("10.0.0.0/"), "the length of this range is a number from 0 to 32 (at character 10)");
    EXPECT_EQ(range("10.0.0.0/-1"), "the length of this range is a number from 0 to 32 (at character 10)");
    EXPECT_EQ(range("fd00::/129"), "the length of this range is a number from 0 to 128 (at character 8)");
    EXPECT_EQ(range("::ffff:10.0.0.0/8"), "the length of this range is a number from 96 to 128 (at character 17)");
    EXPECT_EQ(range("10.0.0.5/8"),
              "the range has bits behind its length; write zeros there, as in 10.0.0.0/8 (at character 1)");
    EXPECT_EQ(range("10.0/8"), "an address is four decimal numbers, as in 192.0.2.1, or IPv6, as in 2001:db8::1 (at "
                               "character 1)");
}

TEST(IpRange, HoldsWhatBeginsWithTheSameBits) {
    auto holds = [](const char* range, const char* address) {
        return IpRange::parse(range).value().contains(IpAddress::parse(address).value());
    };
    EXPECT_TRUE(holds("172.16.0.0/12", "172.31.255.255"));
    EXPECT_FALSE(holds("172.16.0.0/12", "172.32.0.0"));
    EXPECT_TRUE(holds("0.0.0.0/0", "8.8.8.8"));
    EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
    EXPECT_FALSE(holds("::/0", "8.8.8.8"));
    EXPECT_TRUE(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
    EXPECT_TRUE(holds("fe80::/10", "febf::1"));
    EXPECT_FALSE(holds("fe80::/10", "fec0::1"));
}

} // namespace
} // namespace cang::http
