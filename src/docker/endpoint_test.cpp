#include "docker/endpoint.hpp"

#include <gtest/gtest.h>

namespace cang::docker {
namespace {

TEST(DockerEndpoint, ReadsAUnixSocket) {
    const auto endpoint = Endpoint::parse(Endpoint::default_text);
    ASSERT_TRUE(endpoint);
    EXPECT_EQ(endpoint->unix_socket, "/var/run/docker.sock");
    EXPECT_EQ(endpoint->base_url, "http://docker");
    EXPECT_FALSE(endpoint->tls);
}

TEST(DockerEndpoint, FillsInTheUsualPorts) {
    EXPECT_EQ(Endpoint::parse("tcp://build-1")->base_url, "http://build-1:2375");
    EXPECT_EQ(Endpoint::parse("tcp://build-1", true)->base_url, "https://build-1:2376");
    EXPECT_EQ(Endpoint::parse("https://10.0.0.7:4243/")->base_url, "https://10.0.0.7:4243");
    EXPECT_EQ(Endpoint::parse("tcp://[::1]")->base_url, "http://[::1]:2375");
}

TEST(DockerEndpoint, SaysWhatIsWrong) {
    const auto reason = [](std::string_view text) { return Endpoint::parse(text).error().to_string(); };
    EXPECT_EQ(Endpoint::parse("docker.sock").error().reason, "expected unix://, tcp://, http:// or https://");
    EXPECT_EQ(Endpoint::parse("ssh://root@host").error().reason, "expected unix://, tcp://, http:// or https://");
    EXPECT_EQ(Endpoint::parse("unix://run/docker.sock").error().reason, "the socket path is not absolute");
    EXPECT_EQ(Endpoint::parse("tcp://").error().reason, "the host is missing");
    EXPECT_EQ(Endpoint::parse("tcp://:2375").error().reason, "the host is missing");
    EXPECT_EQ(Endpoint::parse("tcp://host:port").error().reason, "the port is not a number");
    EXPECT_EQ(Endpoint::parse("tcp://user:word@host").error().reason, "only host and port may follow the scheme");
    EXPECT_NE(reason("tcp://host/path"), "");
    EXPECT_FALSE(Endpoint::parse("unix:///" + std::string(200, 'x')));
}

} // namespace
} // namespace cang::docker
