#include "app/banner.hpp"
#include "app/config.hpp"

#include <gtest/gtest.h>

namespace cang::app {
namespace {

using namespace std::chrono_literals;

settings::Settings valid() {
    settings::Settings settings;
    settings.set("data", "/var/lib/cang");
    return settings;
}

TEST(ConfigMake, IsSafeByDefault) {
    auto config = make_config(valid());
    EXPECT_EQ(config.http.address, "127.0.0.1");
    EXPECT_EQ(config.http.port, 5000);
    EXPECT_EQ(config.access.mode, registry::auth::Mode::token);
    EXPECT_EQ(config.access.anonymous, identity::Anonymous::none);
    EXPECT_EQ(config.collect_interval, 1h);
    EXPECT_FALSE(config.collect_untagged);
    EXPECT_TRUE(config.access_log);
    EXPECT_TRUE(config.http.trusted_proxies.empty());
    EXPECT_EQ(config.http.default_policy.substr(0, 18), "default-src 'none'");
    EXPECT_EQ(config.http.max_connections_per_address, 10000U);
}

// What nobody sets is what the server has by itself.
TEST(ConfigMake, KeepsTheServersOwnLimits) {
    auto made = make_config(valid()).http;
    http::ServerOptions own;
    EXPECT_EQ(made.header_timeout, own.header_timeout);
    EXPECT_EQ(made.idle_timeout, own.idle_timeout);
    EXPECT_EQ(made.body_stall_timeout, own.body_stall_timeout);
    EXPECT_EQ(made.body_timeout, own.body_timeout);
    EXPECT_EQ(made.max_header_bytes, own.max_header_bytes);
    EXPECT_EQ(made.max_body_bytes, own.max_body_bytes);
    EXPECT_EQ(made.max_connections, own.max_connections);
}

TEST(ConfigMake, NeedsADirectory) {
    try {
        make_config(settings::Settings());
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
        EXPECT_EQ(error.message(),
                  "--data: name the directory that keeps everything, here, in CANG_DATA or in the file of --config");
    }
}

TEST(ConfigMake, TakesAnExternalUrlThatFitsIntoAHeader) {
    auto settings = valid();
    settings.set("external-url", "https://images.example/");
    EXPECT_EQ(make_config(settings).access.external_url, "https://images.example");
}

TEST(ConfigMake, TrustsTheProxiesThatAreNamed) {
    auto settings = valid();
    settings.set("trust-proxy", "true");
    auto nearby = make_config(settings).http.trusted_proxies;
    EXPECT_TRUE(nearby.contains(std::string_view("127.0.0.1")));
    EXPECT_TRUE(nearby.contains(std::string_view("192.168.1.1")));
    EXPECT_FALSE(nearby.contains(std::string_view("203.0.113.7")));
    settings = valid();
    settings.set("trusted-proxies", "203.0.113.0/24");
    auto named = make_config(settings).http.trusted_proxies;
    EXPECT_TRUE(named.contains(std::string_view("203.0.113.7")));
    EXPECT_FALSE(named.contains(std::string_view("127.0.0.1")));
}

TEST(ConfigMake, SaysHstsWithTlsOnly) {
    auto settings = valid();
    auto says = [&] { return make_config(settings).http.common_headers.find("Strict-Transport") != std::string::npos; };
    EXPECT_FALSE(says());
    settings.set("tls-cert", "cert.pem");
    settings.set("tls-key", "key.pem");
    EXPECT_TRUE(says());
    settings.set("hsts", "0");
    EXPECT_FALSE(says());
}

TEST(ConfigMake, PrintsNoAccessLogAboveInfo) {
    auto settings = valid();
    settings.set("log-level", "warn");
    EXPECT_FALSE(make_config(settings).access_log);
    settings.set("log-level", "debug");
    EXPECT_TRUE(make_config(settings).access_log);
    settings.set("access-log", "false");
    EXPECT_FALSE(make_config(settings).access_log);
}

TEST(ConfigRead, TellsTheFirstProblemAndHowToSeeTheOthers) {
    settings::Sources sources{.flags = {{"auth", "ldap"}, {"threads", "many"}}, .file = {}, .environment = {}};
    try {
        read_config(sources);
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "--threads: must be a number from 0 to 256\n`cang config verify` tells 1 more");
    }
}

TEST(Banner, ShowsThePasswordOnlyWhenItWasMadeUp) {
    EXPECT_EQ(banner("http://127.0.0.1:5000", std::nullopt), "");
    auto text = banner("http://127.0.0.1:5000", Secret("swordfish"));
    EXPECT_NE(text.find("password  swordfish"), std::string::npos);
    EXPECT_NE(text.find("docker login -u admin 127.0.0.1:5000"), std::string::npos);
}

} // namespace
} // namespace cang::app
