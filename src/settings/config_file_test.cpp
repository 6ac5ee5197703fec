#include "settings/config_file.hpp"

#include <gtest/gtest.h>

namespace cang::settings {
namespace {

std::vector<std::string> problems(std::string_view text) { return read_config_file(text, "c.yaml").problems; }

std::string problem(std::string_view text) {
    auto all = problems(text);
    return all.size() == 1 ? all.front() : std::to_string(all.size()) + " problems";
}

TEST(ConfigFile, ReadsEveryKind) {
    auto reading = read_config_file(R"(# the warehouse
server:
  listen: 0.0.0.0:443
  trusted-proxies: [10.0.0.0/8, "::1"]
  threads: 4
storage:
  gc-interval: 0
  gc-untagged: true
limits:
  max-header-size: 64KiB
log:
)",
                                    "c.yaml");
    EXPECT_EQ(reading.problems, std::vector<std::string>{});
    std::vector<std::string> values;
    for (const auto& entry : reading.entries)
        values.push_back(key_of(*entry.setting) + "=" + entry.value.text);
    EXPECT_EQ(values, (std::vector<std::string>{"server.listen=0.0.0.0:443", "server.trusted-proxies=10.0.0.0/8,::1",
                                                "server.threads=4", "storage.gc-interval=0", "storage.gc-untagged=true",
                                                "limits.max-header-size=64KiB"}));
    EXPECT_EQ(reading.entries.front().value.origin, "c.yaml:3:11: server.listen");
}

TEST(ConfigFile, MayBeEmpty) {
    EXPECT_TRUE(problems("").empty());
    EXPECT_TRUE(problems("# nothing\n").empty());
    EXPECT_TRUE(problems("server: {}\n").empty());
}

TEST(ConfigFile, NamesTheNearestKeyToOneThatIsUnknown) {
    EXPECT_EQ(problem("servr: {listen: x}"), "c.yaml:1:1: unknown section \"servr\"; did you mean server?");
    EXPECT_EQ(problem("colour: {}"), "c.yaml:1:1: unknown section \"colour\"");
    EXPECT_EQ(problem("listen: :80"), "c.yaml:1:1: listen belongs into the section server");
    EXPECT_EQ(problem("server:\n  external_url: x"),
              "c.yaml:2:3: unknown key \"external_url\" in server; did you mean external-url?");
    EXPECT_EQ(problem("server:\n  gc-intervall: 1h"),
              "c.yaml:2:3: unknown key \"gc-intervall\" in server; did you mean storage.gc-interval?");
    EXPECT_EQ(problem("log: {listen: :80}"), "c.yaml:1:7: listen belongs into the section server, not log");
    EXPECT_EQ(problem("log: {[a]: 1}"), "c.yaml:1:7: unknown key \"\" in log");
}

TEST(ConfigFile, RefusesWhatIsGivenTwice) {
    EXPECT_EQ(problem("log: {log-level: info}\nserver:\n  listen: ':80'\n  listen: ':81'\n"),
              "c.yaml:4:3: server.listen is given twice, first in line 3");
    EXPECT_EQ(problem("log: {}\nlog: {log-level: info}\n"), "c.yaml:2:1: log is given twice, first in line 1");
}

TEST(ConfigFile, WantsTheRightTypes) {
    EXPECT_EQ(problem("[]"), "c.yaml:1:1: the file is a list, not a mapping of sections");
    EXPECT_EQ(problem("server: 1"), "c.yaml:1:9: server is a single value, not a mapping of settings");
    EXPECT_EQ(problem("server: {listen: [a]}"), "c.yaml:1:18: server.listen is a list, not a text");
    EXPECT_EQ(problem("server: {listen: {}}"), "c.yaml:1:18: server.listen is a mapping, not a text");
    EXPECT_EQ(problem("server:\n  listen:\n"), "c.yaml:2:3: server.listen has no value");
    EXPECT_EQ(problem("server: {threads: '4'}"), "c.yaml:1:19: server.threads is a text, not a number");
    EXPECT_EQ(problem("server: {threads: x}"), "c.yaml:1:19: server.threads: must be a number from 0 to 256");
    EXPECT_EQ(problem("log: {access-log: yes}"), "c.yaml:1:19: log.access-log is a text, not true or false");
    EXPECT_EQ(problem("log: {access-log: \"true\"}"), "c.yaml:1:19: log.access-log is a text, not true or false");
    EXPECT_EQ(problem("server: {trusted-proxies: [[a]]}"),
              "c.yaml:1:27: server.trusted-proxies is a list, not a list of texts");
    EXPECT_EQ(problem("storage: {gc-grace: 90}"),
              "c.yaml:1:21: storage.gc-grace: a duration ends with ms, s, m, h or d (at character 3)");
}

TEST(ConfigFile, TellsAllProblems) {
    EXPECT_EQ(problems("a: 1\nserver: {b: 1, threads: x}\nlog: []\n"),
              (std::vector<std::string>{"c.yaml:1:1: unknown section \"a\"", "c.yaml:2:10: unknown key \"b\" in server",
                                        "c.yaml:2:25: server.threads: must be a number from 0 to 256",
                                        "c.yaml:3:6: log is a list, not a mapping of settings"}));
    std::string many = "server:\n";
    for (int i = 0; i < 200; ++i)
        many += "  key" + std::to_string(i) + ": 1\n";
    EXPECT_EQ(problems(many).size(), 50U);
}

TEST(ConfigFile, SaysWhereTheYamlEnds) {
    EXPECT_EQ(problem("server: {"), "c.yaml:1:1: end of map flow not found");
    EXPECT_EQ(problem("server: [\n  x: 'y"), "c.yaml:2:8: illegal EOF in scalar");
    EXPECT_EQ(problem("a: 1\n---\nb: 1\n"), "c.yaml:2:1: a second document begins here");
}

TEST(ConfigFile, IsBounded) {
    EXPECT_EQ(problem(std::string(kMaxConfigBytes + 1, ' ')), "c.yaml: larger than 262144 bytes");
    EXPECT_EQ(problem("a: " + std::string(40, '[')), "c.yaml:1:6: nested deeper than 4");
    std::string aliases = "a: [&a x";
    for (int i = 0; i < 100; ++i)
        aliases += ", *a";
    EXPECT_TRUE(problem(aliases + "]").ends_with(": more than 16 aliases"));
    std::string many = "a: [";
    for (int i = 0; i < 3000; ++i)
        many += "1,";
    EXPECT_TRUE(problem(many + "]").ends_with(": more than 2000 values"));
    EXPECT_TRUE(problem("server: {" + std::string(100'000, 'x') + ": 1}").size() < 200);
}

} // namespace
} // namespace cang::settings
