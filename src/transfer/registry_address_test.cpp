#include "transfer/registry_address.hpp"

#include <gtest/gtest.h>

namespace cang::transfer {
namespace {

std::string parsed(std::string_view url) {
    auto address = RegistryAddress::parse(url);
    if (!address)
        return address.error().reason;
    return address->url();
}

TEST(RegistryAddressTest, IsTheUrlOfAServer) {
    EXPECT_EQ(parsed("https://registry.example"), "https://registry.example");
    EXPECT_EQ(parsed("HTTPS://Registry.Example:5000/"), "https://registry.example:5000");
    EXPECT_EQ(parsed("http://127.0.0.1:5000"), "http://127.0.0.1:5000");
    EXPECT_EQ(parsed("http://localhost"), "http://localhost");
    EXPECT_EQ(parsed("https://[2001:DB8::1]:5000"), "https://[2001:db8::1]:5000");
}

TEST(RegistryAddressTest, HasOneSpellingForEachServer) {
    EXPECT_EQ(parsed("https://registry.example:443"), "https://registry.example");
    EXPECT_EQ(parsed("http://registry.example:80"), "http://registry.example");
    EXPECT_EQ(parsed("https://registry.example:"), "https://registry.example");
    EXPECT_EQ(parsed("http://registry.example:443"), "http://registry.example:443");
    EXPECT_EQ(parsed("https://docker.io"), "https://docker.io");
    EXPECT_EQ(parsed("https://index.docker.io"), "https://docker.io");
    EXPECT_EQ(parsed("https://registry-1.docker.io:443/"), "https://docker.io");
    EXPECT_EQ(registry_host("Index.Docker.io"), "docker.io");
}

TEST(RegistryAddressTest, KeepsThePortWhereTheHostAloneWouldBeARepository) {
    EXPECT_EQ(parsed("https://registry"), "https://registry:443");
    EXPECT_EQ(parsed("http://registry:80"), "http://registry:80");
    EXPECT_EQ(parsed("http://registry:5000"), "http://registry:5000");
}

TEST(RegistryAddressTest, SaysWhatIsWrongWithoutRepeatingIt) {
    EXPECT_EQ(parsed("registry.example"),
              "it has no scheme; write https://HOST[:PORT], or http:// where there is no TLS");
    EXPECT_EQ(parsed("https://me:hunter2@registry.example"), "it holds a user or password; give them apart");
    EXPECT_EQ(parsed("https://registry.example/v2/"), "it has a path; write scheme, host and port only");
    EXPECT_EQ(parsed("https://registry.example?a"), "it has a query; write scheme, host and port only");
    EXPECT_EQ(parsed("https://registry.example#a"), "it has a query; write scheme, host and port only");
    EXPECT_EQ(parsed("ftp://registry.example"), "a registry is reached by http or https");
    EXPECT_EQ(parsed("http://docker.io"), "Docker Hub is reached by https only; write https://docker.io");
    EXPECT_EQ(parsed("https://" + std::string(300, 'a')), "it is longer than any host name");
    for (const auto* url : {"https://", "https://reg istry", "https://registry.example:99999", "https://a_b.example",
                            "https://%61.example", "https://registry..example", "https://-a.example", "https:///x",
                            "https://a.example:0x1"})
        EXPECT_FALSE(RegistryAddress::parse(url)) << url << " became " << parsed(url);
}

} // namespace
} // namespace cang::transfer
