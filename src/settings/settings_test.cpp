#include "settings/settings.hpp"

#include "settings/byte_size.hpp"
#include "settings/duration.hpp"
#include "settings/listen_address.hpp"
#include "settings/nearest.hpp"
#include "settings/read_settings.hpp"
#include "testing/temp_dir.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <set>

namespace cang::settings {
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

TEST(SizeParse, ReadsNumberAndUnit) {
    EXPECT_EQ(parse_size("0"), 0U);
    EXPECT_EQ(parse_size("4096"), 4096U);
    EXPECT_EQ(parse_size("64KiB"), 65536U);
    EXPECT_EQ(parse_size("10GB"), 10'000'000'000U);
    EXPECT_EQ(parse_size("7B"), 7U);
}

TEST(SizeParse, SaysWhatIsWrongAndWhere) {
    EXPECT_EQ(parse_size("").error().reason, "a size starts with a number, as in 64KiB or 10GB");
    EXPECT_EQ(parse_size("-1").error().reason, "a size starts with a number, as in 64KiB or 10GB");
    EXPECT_EQ(parse_size("64 KiB").error().to_string(),
              "a size ends with B, KiB, MiB, GiB, TiB, KB, MB, GB or TB (at character 3)");
    EXPECT_EQ(parse_size("99999999999999999999").error().reason, "the size is too large");
    EXPECT_EQ(parse_size("99999999TiB").error().reason, "the size is too large");
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

TEST(Nearest, IsTheWordWithTheFewestEdits) {
    constexpr std::string_view known[]{"listen", "external-url", "tls-cert", "tls-key"};
    EXPECT_EQ(nearest("lisen", known), "listen");
    EXPECT_EQ(nearest("external_url", known), "external-url");
    EXPECT_EQ(nearest("tls-kye", known), "tls-key");
    EXPECT_EQ(nearest("colour", known), "");
    EXPECT_EQ(nearest("", known), "");
    EXPECT_EQ(nearest(std::string(10'000, 'x'), known), "");
}

TEST(SettingTable, HasOneRowANameAndFaultlessDefaults) {
    std::set<std::string_view> names;
    std::set<std::string_view> seen_sections;
    for (const auto& section : sections())
        seen_sections.insert(section.name);
    for (const auto& setting : table()) {
        EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
        EXPECT_TRUE(seen_sections.contains(setting.section)) << setting.name;
        EXPECT_EQ(find_fault(setting, setting.default_text), std::nullopt) << setting.name;
        EXPECT_TRUE(setting.help.ends_with('.')) << setting.name;
        EXPECT_EQ(setting.kind == Kind::choice, !setting.choices.empty()) << setting.name;
        EXPECT_EQ(find_by_key(key_of(setting)), &setting);
    }
}

TEST(SettingTable, NamesFlagVariableAndKey) {
    const auto* setting = find_by_name("gc-interval");
    ASSERT_NE(setting, nullptr);
    EXPECT_EQ(key_of(*setting), "storage.gc-interval");
    EXPECT_EQ(flag_of(*setting), "--gc-interval");
    EXPECT_EQ(variable_of(*setting), "CANG_GC_INTERVAL");
    EXPECT_EQ(help_of(*setting), "Time between garbage collections; 0 for none. Default 1h.");
    EXPECT_EQ(find_by_name("nothing"), nullptr);
}

std::string fault(std::string_view name, std::string_view text) {
    return find_fault(*find_by_name(name), text).value_or("none");
}

TEST(SettingFault, SaysWhatAValueMustBe) {
    EXPECT_EQ(fault("auth", "ldap"), "must be token, basic or none");
    EXPECT_EQ(fault("anonymous", "all"), "must be none, pull or push");
    EXPECT_EQ(fault("log-level", "loud"), "must be debug, info, warn, error or off");
    EXPECT_EQ(fault("log-level", ""), "must not be empty");
    EXPECT_EQ(fault("gc-untagged", "maybe"), "must be true or false");
    EXPECT_EQ(fault("threads", "257"), "must be a number from 0 to 256");
    EXPECT_EQ(fault("threads", "two"), "must be a number from 0 to 256");
    EXPECT_EQ(fault("gc-interval", "soon"), "a duration starts with a number, as in 90s, 15m or 1h (at character 1)");
    EXPECT_EQ(fault("idle-timeout", "0"), "must be at least 100ms");
    EXPECT_EQ(fault("max-header-size", "1KiB"), "must be from 4096 to 1048576 bytes");
    EXPECT_EQ(fault("listen", "localhost"), "an address is HOST:PORT (at character 10)");
    EXPECT_EQ(fault("external-url", "images.example"), "must start with https:// or http://");
    EXPECT_EQ(fault("external-url", "https://user@images.example\""), "must be only scheme, host, port and path");
    EXPECT_EQ(fault("trusted-proxies", "proxy"),
              "\"proxy\" is not an address, a range such as 10.0.0.0/8, loopback or private");
    EXPECT_EQ(fault("data", "a\nb"), "must not hold a control character");
    EXPECT_EQ(fault("data", std::string(20'000, 'x')), "is longer than 16384 bytes");
    EXPECT_EQ(fault("tls-cert", ""), "none");
}

class ReadSettings : public ::testing::Test {
protected:
    Reading read(std::map<std::string, std::string, std::less<>> flags, std::map<std::string, std::string> variables,
                 const std::string& text = "") {
        Sources sources{.flags = std::move(flags), .file = file, .environment = [variables](const std::string& name) {
                            auto found = variables.find(name);
                            return found == variables.end() ? std::string() : found->second;
                        }};
        std::ofstream(file) << text;
        return read_settings(sources);
    }
    testing::TempDir directory;
    std::string file = directory / "cang.yaml";
};

TEST_F(ReadSettings, PutAFlagBeforeAVariableBeforeTheFileBeforeTheDefault) {
    auto text = "storage: {gc-interval: 2h, gc-grace: 2h, upload-expiry: 2h}\n";
    auto reading = read({{"gc-interval", "4h"}}, {{"CANG_GC_INTERVAL", "3h"}, {"CANG_GC_GRACE", "3h"}}, text);
    EXPECT_TRUE(reading.problems.empty());
    EXPECT_EQ(reading.settings.duration("gc-interval"), 4h);
    EXPECT_EQ(reading.settings.duration("gc-grace"), 3h);
    EXPECT_EQ(reading.settings.duration("upload-expiry"), 2h);
    EXPECT_EQ(reading.settings.text("listen"), "127.0.0.1:5000");
    EXPECT_EQ(reading.settings.value("gc-interval").origin, "--gc-interval");
    EXPECT_EQ(reading.settings.value("gc-grace").source, Source::environment);
    EXPECT_EQ(reading.settings.value("upload-expiry").origin, file + ":1:57: storage.upload-expiry");
}

TEST_F(ReadSettings, TellAllProblemsWithWhereTheyAre) {
    auto reading = read({{"threads", "many"}}, {{"CANG_LOG_LEVEL", "loud"}}, "server: {lisen: x, tls-cert: a.pem}\n");
    EXPECT_EQ(reading.problems,
              (std::vector<std::string>{file + ":1:10: unknown key \"lisen\" in server; did you mean listen?",
                                        "--threads: must be a number from 0 to 256",
                                        "CANG_LOG_LEVEL: must be debug, info, warn, error or off",
                                        file + ":1:30: server.tls-cert: certificate and key come together"}));
}

TEST_F(ReadSettings, FindContradictions) {
    EXPECT_EQ(read({{"auth", "basic"}, {"anonymous", "pull"}}, {}).problems,
              std::vector<std::string>{
                  "--anonymous: needs --auth token, as clients can't mix Basic sign-in with anonymous access"});
    EXPECT_EQ(read({{"auth", "none"}, {"anonymous", "pull"}}, {}).problems, std::vector<std::string>{});
    EXPECT_EQ(read({{"trust-proxy", "true"}}, {{"CANG_TRUSTED_PROXIES", "::1"}}).problems,
              std::vector<std::string>{"--trust-proxy: says less than --trusted-proxies; give one of them"});
}

TEST_F(ReadSettings, NeedTheFileThatIsNamed) {
    file = directory / "nothing.yaml";
    Sources sources{.flags = {}, .file = file, .environment = {}};
    try {
        read_settings(sources);
        ADD_FAILURE() << "read";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::not_found);
        EXPECT_NE(error.message().find("the configuration file " + file), std::string::npos) << error.message();
    }
}

TEST(SettingsChange, TakesWhatMayChangeAndNamesTheRest) {
    Settings now;
    Settings next;
    next.set("gc-interval", "2h");
    next.set("listen", ":80");
    auto change = now.take_reloadable(next);
    EXPECT_EQ(change.taken, std::vector<std::string>{"storage.gc-interval"});
    EXPECT_EQ(change.need_restart, std::vector<std::string>{"server.listen"});
    EXPECT_EQ(now.duration("gc-interval"), 2h);
    EXPECT_EQ(now.text("listen"), "127.0.0.1:5000");
}

TEST(SettingsViews, ShowEveryRowInOrder) {
    Settings settings;
    settings.set("gc-interval", "2h");
    auto views = settings.views();
    ASSERT_EQ(views.size(), table().size());
    EXPECT_EQ(views.front().key, "server.listen");
    EXPECT_EQ(views.front().source, "default");
    auto changed = std::ranges::find(views, "storage.gc-interval", &SettingView::key);
    EXPECT_EQ(changed->value, "2h");
    EXPECT_EQ(changed->source, "flag");
    EXPECT_TRUE(changed->reloadable);
}

} // namespace
} // namespace cang::settings
