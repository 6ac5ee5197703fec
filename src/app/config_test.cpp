#include "app/banner.hpp"
#include "app/config.hpp"
#include "app/duration.hpp"

#include <gtest/gtest.h>

namespace cang::app {
namespace {

using namespace std::chrono_literals;

TEST(DurationParse, ReadsNumberAndUnit) {
    EXPECT_EQ(parse_duration("250ms"), 250ms);
    EXPECT_EQ(parse_duration("90s"), 90s);
    EXPECT_EQ(parse_duration("15m"), 15min);
    EXPECT_EQ(parse_duration("1h"), 1h);
    EXPECT_EQ(parse_duration("7d"), 168h);
    EXPECT_EQ(parse_duration("0"), 0ms);
}

TEST(DurationParse, SaysWhatIsWrongAndWhere) {
    EXPECT_EQ(parse_duration("90").error().to_string(), "a duration ends with ms, s, m, h or d (at character 3)");
    EXPECT_EQ(parse_duration("1 h").error().to_string(), "a duration ends with ms, s, m, h or d (at character 2)");
    EXPECT_EQ(parse_duration("h").error().reason, "a duration starts with a number, as in 90s, 15m or 1h");
    EXPECT_EQ(parse_duration("-1s").error().reason, "a duration starts with a number, as in 90s, 15m or 1h");
    EXPECT_EQ(parse_duration("99999999999h").error().reason, "the duration is too long");
    EXPECT_FALSE(parse_duration("99999999999999999999h"));
}

TEST(ListenParse, ReadsHostAndPort) {
    EXPECT_EQ(parse_listen("127.0.0.1:5000")->host, "127.0.0.1");
    EXPECT_EQ(parse_listen("127.0.0.1:5000")->port, 5000);
    EXPECT_EQ(parse_listen("[::1]:443")->host, "::1");
    EXPECT_EQ(parse_listen(":443")->host, "::");
}

TEST(ListenParse, SaysWhatIsWrongAndWhere) {
    EXPECT_EQ(parse_listen("localhost").error().to_string(), "an address is HOST:PORT (at character 10)");
    EXPECT_EQ(parse_listen("localhost:").error().reason, "the port is a number from 0 to 65535");
    EXPECT_EQ(parse_listen("localhost:65536").error().reason, "the port is a number from 0 to 65535");
    EXPECT_EQ(parse_listen("localhost:http").error().reason, "the port is a number from 0 to 65535");
    EXPECT_EQ(parse_listen("::1:5000").error().reason, "an IPv6 address stands in brackets");
}

std::string refusal(const ServeOptions& options) {
    try {
        make_config(options);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
        return error.message();
    }
    return "none";
}

ServeOptions valid() {
    ServeOptions options;
    options.data = "/var/lib/cang";
    return options;
}

TEST(ConfigMake, IsSafeByDefault) {
    auto config = make_config(valid());
    EXPECT_EQ(config.http.address, "127.0.0.1");
    EXPECT_EQ(config.access.mode, registry::auth::Mode::token);
    EXPECT_EQ(config.access.anonymous, identity::Anonymous::none);
    EXPECT_EQ(config.collect_interval, 1h);
    EXPECT_FALSE(config.collect_untagged);
    EXPECT_FALSE(config.http.trust_forwarded);
}

TEST(ConfigMake, NamesTheOptionThatIsWrong) {
    auto options = valid();
    options.data.clear();
    EXPECT_EQ(refusal(options), "--data: name the directory that keeps everything");
    options = valid();
    options.auth = "ldap";
    EXPECT_EQ(refusal(options), "--auth: must be token, basic or none");
    options = valid();
    options.anonymous = "all";
    EXPECT_EQ(refusal(options), "--anonymous: must be none, pull or push");
    options = valid();
    options.gc_interval = "soon";
    EXPECT_EQ(refusal(options),
              "--gc-interval: a duration starts with a number, as in 90s, 15m or 1h (at character 1)");
    options = valid();
    options.tls_cert = "cert.pem";
    EXPECT_EQ(refusal(options), "--tls-cert: certificate and key come together");
    options = valid();
    options.log_level = "loud";
    EXPECT_EQ(refusal(options), "--log-level: must be debug, info, warn, error or off");
}

TEST(ConfigMake, ConnectsToPublicAddressesUntilTold) {
    auto refused = [](const ServeOptions& options, std::string host) {
        return make_config(options).outgoing->find_refusal({std::move(host)}).has_value();
    };
    auto options = valid();
    EXPECT_TRUE(refused(options, "10.0.0.5"));
    EXPECT_FALSE(refused(options, "1.1.1.1"));
    options.outgoing_allow = "10.0.0.0/8";
    options.outgoing_deny = "1.1.1.1";
    EXPECT_FALSE(refused(options, "10.0.0.5"));
    EXPECT_TRUE(refused(options, "1.1.1.1"));
    options.outgoing_deny = "10.0.0.0/99";
    EXPECT_EQ(refusal(options), "--outgoing-deny: the length of this range is a number from 0 to 32 (at character 10)");
}

TEST(ConfigMake, RefusesAnonymousAccessBesideBasic) {
    auto options = valid();
    options.auth = "basic";
    options.anonymous = "pull";
    EXPECT_EQ(refusal(options),
              "--anonymous: needs --auth token, as clients can't mix Basic sign-in with anonymous access");
    options.auth = "none";
    EXPECT_EQ(refusal(options), "none");
}

TEST(ConfigMake, TakesAnExternalUrlThatFitsIntoAHeader) {
    auto options = valid();
    options.external_url = "https://images.example/";
    EXPECT_EQ(make_config(options).access.external_url, "https://images.example");
    options.external_url = "images.example";
    EXPECT_EQ(refusal(options), "--external-url: must start with https:// or http://");
    options.external_url = "https://user@images.example\"";
    EXPECT_EQ(refusal(options), "--external-url: must be only scheme, host, port and path");
}

TEST(Banner, ShowsThePasswordOnlyWhenItWasMadeUp) {
    EXPECT_EQ(banner("http://127.0.0.1:5000", std::nullopt), "");
    auto text = banner("http://127.0.0.1:5000", Secret("swordfish"));
    EXPECT_NE(text.find("password  swordfish"), std::string::npos);
    EXPECT_NE(text.find("docker login -u admin 127.0.0.1:5000"), std::string::npos);
}

} // namespace
} // namespace cang::app
