#include "http/forwarded.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

std::string client(std::vector<std::string_view> fields) {
    static const auto trusted = *AddressRanges::parse("10.0.0.0/8");
    return forwarded_client("10.0.0.1", fields, trusted);
}

TEST(ForwardedClient, IsTheLastAddressThatIsNoProxyOfOurs) {
    EXPECT_EQ(client({"203.0.113.7"}), "203.0.113.7");
    EXPECT_EQ(client({"203.0.113.7, 10.0.0.3, 10.0.0.2"}), "203.0.113.7");
    EXPECT_EQ(client({"203.0.113.7,10.0.0.3", "10.0.0.2"}), "203.0.113.7") << "fields are one list";
}

TEST(ForwardedClient, IsNotWhatTheClientSays) {
    EXPECT_EQ(client({"127.0.0.1, 203.0.113.7"}), "203.0.113.7");
    EXPECT_EQ(client({"127.0.0.1", "203.0.113.7, 10.0.0.2"}), "203.0.113.7");
}

TEST(ForwardedClient, IsTheFarthestProxyWhenAllAreOurs) {
    EXPECT_EQ(client({"10.0.0.4, 10.0.0.3"}), "10.0.0.4");
    EXPECT_EQ(client({}), "10.0.0.1");
}

TEST(ForwardedClient, IsTheNearestKnownWhenAnEntryIsNoAddress) {
    EXPECT_EQ(client({"203.0.113.7, unknown, 10.0.0.2"}), "10.0.0.2");
    EXPECT_EQ(client({""}), "10.0.0.1");
    EXPECT_EQ(client({"203.0.113.7,"}), "10.0.0.1");
}

TEST(ForwardedClient, LosesPortAndBrackets) {
    EXPECT_EQ(client({"203.0.113.7:4711"}), "203.0.113.7");
    EXPECT_EQ(client({"[2001:db8::1]:4711"}), "2001:db8::1");
    EXPECT_EQ(client({"[2001:db8::1"}), "10.0.0.1");
    EXPECT_EQ(client({"2001:DB8::1"}), "2001:db8::1");
}

TEST(ForwardedClient, LooksNoFurtherThanAnybodyHasProxies) {
    std::string long_way = "203.0.113.7";
    for (int i = 0; i < 100; ++i)
        long_way += ", 10.0.0.2";
    EXPECT_EQ(client({long_way}), "10.0.0.2");
}

} // namespace
} // namespace cang::http
