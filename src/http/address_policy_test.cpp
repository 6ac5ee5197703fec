#include "http/address_policy.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

AddressPolicy policy(std::string_view allow = "", std::string_view deny = "") {
    return {OutgoingList::parse(allow).value(), OutgoingList::parse(deny).value()};
}

std::string refusal(const AddressPolicy& policy, std::string address, OutgoingTarget target = {"registry.example"}) {
    return policy.find_refusal(target, IpAddress::parse(address).value()).value_or("allowed");
}

// What is said of a refused address, between "is" and ",".
std::string kind(std::string address) {
    auto said = refusal(policy(), address);
    auto begin = said.find(" is ");
    return begin == std::string::npos ? said : said.substr(begin + 4, said.find(',') - begin - 4);
}

TEST(AddressPolicy, SaysWhatItRefusesAndHowItIsAllowed) {
    EXPECT_EQ(refusal(policy(), "10.0.0.5"),
              "10.0.0.5 is a private address, which the server does not connect to; an administrator can allow it with "
              "--outgoing-allow 10.0.0.0/8");
    EXPECT_EQ(refusal(policy(), "::1"),
              "::1 is a loopback address, which the server does not connect to; an administrator can allow it with "
              "--outgoing-allow ::1");
    EXPECT_EQ(
        refusal(policy(), "64:ff9b::7f00:1"),
        "64:ff9b::7f00:1 (127.0.0.1) is a loopback address, which the server does not connect to; an administrator "
        "can allow it with --outgoing-allow 127.0.0.0/8");
    EXPECT_EQ(refusal(policy("", "8.8.0.0/16"), "8.8.8.8"),
              "8.8.8.8 is denied by --outgoing-deny 8.8.0.0/16; the server does not connect to it");
    EXPECT_EQ(policy("", "*.example").find_refusal({"Registry.EXAMPLE."}),
              "registry.example is denied by --outgoing-deny *.example; the server does not connect to it");
}

TEST(AddressPolicy, KnowsWhatIsNotThePublicInternet) {
    const std::pair<const char*, const char*> expected[] = {
        {"0.0.0.0", "an unspecified address"},
        {"0.255.255.255", "an unspecified address"},
        {"10.255.255.255", "a private address"},
        {"100.64.0.1", "a carrier's private address"},
        {"100.100.100.200", "a cloud metadata address"},
        {"127.255.255.254", "a loopback address"},
        {"168.63.129.16", "a cloud metadata address"},
        {"169.254.0.1", "a link-local address"},
        {"169.254.169.254", "a cloud metadata address"},
        {"172.16.0.1", "a private address"},
        {"172.31.255.255", "a private address"},
        {"192.0.0.8", "a reserved address"},
        {"192.0.2.1", "a documentation address"},
        {"192.168.255.1", "a private address"},
        {"198.19.0.1", "a benchmarking address"},
        {"198.51.100.1", "a documentation address"},
        {"203.0.113.1", "a documentation address"},
        {"224.0.0.1", "a multicast address"},
        {"239.255.255.255", "a multicast address"},
        {"240.0.0.1", "a reserved address"},
        {"255.255.255.255", "the broadcast address"},
        {"::", "an unspecified address"},
        {"::1", "a loopback address"},
        {"::127.0.0.1", "a reserved address"},
        {"::ffff:127.0.0.1", "a loopback address"},
        {"::ffff:0:7f00:1", "a translated address"},
        {"64:ff9b::169.254.169.254", "a cloud metadata address"},
        {"64:ff9b:1::1", "a translated address"},
        {"2001::1", "a tunnelled address"},
        {"2001:db8::1", "a documentation address"},
        {"2002:c0a8:1::", "a private address"},
        {"3fff::1", "a documentation address"},
        {"fc00::1", "a private address"},
        {"fd00:ec2::254", "a cloud metadata address"},
        {"fdff::1", "a private address"},
        {"fe80::1", "a link-local address"},
        {"fec0::1", "a private address"},
        {"ff02::1", "a multicast address"},
    };
    for (const auto& [address, what] : expected)
        EXPECT_EQ(kind(address), what) << address;
    for (const auto* address :
         {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
          "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "223.255.255.255", "2606:4700::1111",
          "64:ff9b::1.1.1.1", "2002:101:101::1"})
        EXPECT_EQ(kind(address), "allowed") << address;
}

TEST(AddressPolicy, LetsTheListsDecideDeniedFirst) {
    auto both = policy("10.0.0.0/8, ::1, 169.254.169.254", "10.1.0.0/16,bad.example");
    EXPECT_EQ(refusal(both, "10.0.0.5"), "allowed");
    EXPECT_EQ(refusal(both, "::1"), "allowed");
    EXPECT_EQ(refusal(both, "169.254.169.254"), "allowed");
    EXPECT_EQ(refusal(both, "64:ff9b::10.0.0.5"), "allowed");
    EXPECT_TRUE(refusal(both, "169.254.169.253").starts_with("169.254.169.253 is a link-local address"));
    EXPECT_TRUE(refusal(both, "10.1.0.1").starts_with("10.1.0.1 is denied by --outgoing-deny 10.1.0.0/16;"));
    EXPECT_TRUE(refusal(both, "64:ff9b::10.1.0.1").starts_with("64:ff9b::a01:1 (10.1.0.1) is denied by"));
    EXPECT_TRUE(refusal(both, "10.0.0.5", {"bad.example"}).starts_with("bad.example is denied by"));
    EXPECT_TRUE(refusal(both, "10.1.0.1", {"registry.example", true}).starts_with("10.1.0.1 is denied by"));
}

TEST(AddressPolicy, TrustsNamesWithPrivateAddressesOnly) {
    auto named = policy("registry.corp, *.lab.corp");
    for (const auto* address : {"127.0.0.1", "10.0.0.5", "100.64.0.1", "192.168.1.1", "::1", "fd00::1"}) {
        EXPECT_EQ(refusal(named, address, {"registry.corp"}), "allowed") << address;
        EXPECT_EQ(refusal(named, address, {"a.b.LAB.corp."}), "allowed") << address;
        EXPECT_EQ(refusal(policy(), address, {"any.example", true}), "allowed") << address;
        EXPECT_NE(refusal(named, address, {"lab.corp"}), "allowed") << address;
        EXPECT_NE(refusal(named, address, {"evilregistry.corp"}), "allowed") << address;
        EXPECT_NE(refusal(named, address, {"registry.corp.evil.example"}), "allowed") << address;
    }
    for (const auto* address : {"169.254.169.254", "169.254.1.1", "fe80::1", "fd00:ec2::254", "0.0.0.0", "224.0.0.1",
                                "::", "64:ff9b::169.254.169.254"}) {
        EXPECT_NE(refusal(named, address, {"registry.corp"}), "allowed") << address;
        EXPECT_NE(refusal(policy(), address, {"any.example", true}), "allowed") << address;
    }
}

TEST(AddressPolicy, JudgesAHostThatIsAnAddressBeforeItIsAsked) {
    EXPECT_NE(policy().find_refusal({"127.0.0.1"}), std::nullopt);
    EXPECT_NE(policy().find_refusal({"[::1]"}), std::nullopt);
    EXPECT_NE(policy().find_refusal({"[::ffff:127.0.0.1]"}), std::nullopt);
    EXPECT_EQ(policy().find_refusal({"127.0.0.1", true}), std::nullopt);
    EXPECT_EQ(policy().find_refusal({"1.1.1.1"}), std::nullopt);
    EXPECT_EQ(policy().find_refusal({"localhost"}), std::nullopt) << "its addresses decide";
}

std::string list(std::string_view text) {
    auto parsed = OutgoingList::parse(text);
    return parsed ? parsed->to_string() : parsed.error().to_string();
}

TEST(OutgoingList, ReadsAddressesRangesAndNames) {
    EXPECT_EQ(list(""), "");
    EXPECT_EQ(list("10.0.0.0/8, ::1 ,Registry.Example.,*.corp.example,localhost,"),
              "10.0.0.0/8,::1,registry.example,*.corp.example,localhost");
}

TEST(OutgoingList, SaysWhatIsWrongAndWhere) {
    constexpr auto kEntry =
        "an entry is an address, a range such as 10.0.0.0/8, or a host name such as registry.example "
        "or *.example (at character ";
    for (const auto* text : {"127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "010.0.0.1", "1.2.3.4.5", "*", "*.",
                             "a..b", "a.*.b", "a b", "http://x", "host:5000", "[::1]", "fe80::1%eth0", "é.example"})
        EXPECT_TRUE(list(text).starts_with("a")) << text << ": " << list(text);
    EXPECT_EQ(list("::1,127.1"), std::string(kEntry) + "5)");
    EXPECT_EQ(list("::1, 10.0.0.0/40"), "the length of this range is a number from 0 to 32 (at character 15)");
    EXPECT_EQ(list("a.example,,b.example"),
              "between two commas stands an address, a range or a host name (at character 11)");
    std::string long_list;
    for (int i = 0; i < 1001; ++i)
        long_list += "a.example,";
    EXPECT_EQ(list(long_list), "the list has more than 1000 entries (at character 10001)");
}

} // namespace
} // namespace cang::http
