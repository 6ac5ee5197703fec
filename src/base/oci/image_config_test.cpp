#include "base/oci/image_config.hpp"

#include <gtest/gtest.h>

namespace cang::oci {

namespace {

const std::string kRootfs = R"("rootfs":{"type":"layers","diff_ids":[")" + Digest::of("1").to_string() + R"(",")" +
                            Digest::of("2").to_string() + R"("]})";

std::string reason_with(const std::string& fields) {
    auto config = ImageConfig::parse("{" + kRootfs + "," + fields + "}");
    return config ? "parsed" : config.error().reason;
}

std::string reason_of(std::string_view text) {
    auto config = ImageConfig::parse(text);
    return config ? "parsed" : config.error().reason;
}

} // namespace

TEST(ImageConfigParse, ReadsWhatItKnows) {
    auto config = ImageConfig::parse(
        "{" + kRootfs + R"(,"os":"linux","architecture":"arm","variant":"v7","created":"2026-01-01T00:00:00Z",
        "author":"me","history":[{"created":"c","created_by":"RUN x","comment":"k"},{"empty_layer":true}],
        "config":{"Env":["A=1","B=2"],"Entrypoint":["/init"],"Cmd":["a","b"],"ExposedPorts":{"80/tcp":{}},
        "Volumes":{"/data":{}},"WorkingDir":"/w","User":"nobody","Labels":{"l":"v"},"Tty":false},"docker_version":"20"})");
    ASSERT_TRUE(config) << config.error().reason;
    EXPECT_EQ(config->platform.to_string(), "linux/arm/v7");
    EXPECT_EQ(config->created, "2026-01-01T00:00:00Z");
    EXPECT_EQ(config->author, "me");
    EXPECT_EQ(config->diff_ids, (std::vector{Digest::of("1"), Digest::of("2")}));
    ASSERT_EQ(config->history.size(), 2u);
    EXPECT_EQ(config->history[0].created_by, "RUN x");
    EXPECT_TRUE(config->history[1].empty_layer);
    EXPECT_EQ(config->env, (std::vector<std::string>{"A=1", "B=2"}));
    EXPECT_EQ(config->entrypoint, std::vector<std::string>{"/init"});
    EXPECT_EQ(config->command, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(config->exposed_ports, std::vector<std::string>{"80/tcp"});
    EXPECT_EQ(config->volumes, std::vector<std::string>{"/data"});
    EXPECT_EQ(config->working_directory, "/w");
    EXPECT_EQ(config->user, "nobody");
    EXPECT_EQ(config->labels.at("l"), "v");
}

TEST(ImageConfigParse, ReadsTheHealthcheckAndTheStopSignal) {
    auto config = ImageConfig::parse("{" + kRootfs +
                                     R"(,"config":{"StopSignal":"SIGQUIT","Healthcheck":{"Test":["CMD","true"],)"
                                     R"("Interval":30000000000,"Timeout":-1,"Retries":"many"}}})");
    ASSERT_TRUE(config) << config.error().reason;
    EXPECT_EQ(config->stop_signal, "SIGQUIT");
    ASSERT_TRUE(config->healthcheck);
    EXPECT_EQ(config->healthcheck->test, (std::vector<std::string>{"CMD", "true"}));
    EXPECT_EQ(config->healthcheck->interval, std::chrono::seconds(30));
    EXPECT_EQ(config->healthcheck->timeout.count(), 0) << "a number that makes no sense counts as not given";
    EXPECT_EQ(config->healthcheck->retries, 0u);
}

TEST(LayerHistory, SkipsEntriesThatMadeNoLayer) {
    std::vector<HistoryEntry> history{{"", "ADD", "", false}, {"", "ENV", "", true}, {"", "RUN", "", false}};
    auto makers = history_of_layers(history, 2);
    ASSERT_EQ(makers.size(), 2u);
    EXPECT_EQ(makers[0], &history[0]);
    EXPECT_EQ(makers[1], &history[2]);
}

TEST(LayerHistory, NamesNoMakerWhenTheCountsDiffer) {
    std::vector<HistoryEntry> history{{"", "ADD", "", false}, {"", "RUN", "", false}};
    EXPECT_EQ(history_of_layers(history, 3), (std::vector<const HistoryEntry*>(3, nullptr)));
    EXPECT_EQ(history_of_layers(history, 1), (std::vector<const HistoryEntry*>(1, nullptr)));
    EXPECT_TRUE(history_of_layers(history, 0).empty());
    EXPECT_EQ(history_of_layers({}, 1).size(), 1u);
}

TEST(ImageConfigParse, TakesNullsAsDockerWritesThem) {
    EXPECT_EQ(reason_with(
                  R"("history":null,"config":{"Env":null,"Cmd":null,"Entrypoint":null,"Volumes":null,"Labels":null})"),
              "parsed");
    EXPECT_EQ(reason_with(R"("config":null)"), "parsed");
    EXPECT_EQ(reason_of(R"({"rootfs":{"type":"layers","diff_ids":null}})"), "parsed");
}

TEST(ImageConfigParse, TakesAnEntrypointThatIsOneString) {
    auto config = ImageConfig::parse("{" + kRootfs + R"(,"config":{"Entrypoint":"/init"}})");
    EXPECT_EQ(config->entrypoint, std::vector<std::string>{"/init"});
}

TEST(ImageConfigParse, NamesTheFieldThatIsWrong) {
    EXPECT_EQ(reason_of("{}"), "rootfs is missing");
    EXPECT_EQ(reason_of(R"({"rootfs":[]})"), "rootfs is not an object");
    EXPECT_EQ(reason_of(R"({"rootfs":{"diff_ids":["sha256:1"]}})"),
              "rootfs.diff_ids[0] is wrong: a sha256 digest has 64 hex digits, not 1");
    EXPECT_EQ(reason_of(R"({"rootfs":{"diff_ids":[1]}})"), "rootfs.diff_ids[0] is not a string");
    EXPECT_EQ(reason_with(R"("os":1)"), "os is not a string");
    EXPECT_EQ(reason_with(R"("history":[{},{"created_by":[]}])"), "history[1].created_by is not a string");
    EXPECT_EQ(reason_with(R"("history":[1])"), "history[0] is not an object");
    EXPECT_EQ(reason_with(R"("history":[{"empty_layer":"no"}])"), "history[0].empty_layer is not true or false");
    EXPECT_EQ(reason_with(R"("config":{"Env":"A=1"})"), "config.Env is not an array");
    EXPECT_EQ(reason_with(R"("config":{"Labels":{"a":1}})"), "config.Labels[\"a\"] is not a string");
    EXPECT_EQ(reason_with(R"("config":{"Volumes":[]})"), "config.Volumes is not an object");
}

TEST(ImageConfigParse, IsBounded) {
    EXPECT_EQ(reason_of(std::string(ImageConfig::max_bytes + 1, ' ')), "an image config has at most 8388608 bytes");
    EXPECT_EQ(reason_of("{\"a\":" + std::string(40, '[')), "the JSON is nested deeper than 32 levels");
}

TEST(ChainIds, FollowTheSpecification) {
    auto a = Digest::of("a"), b = Digest::of("b"), c = Digest::of("c");
    auto ab = Digest::of(a.to_string() + " " + b.to_string());
    auto abc = Digest::of(ab.to_string() + " " + c.to_string());
    EXPECT_EQ(chain_ids({a, b, c}), (std::vector{a, ab, abc}));
    EXPECT_TRUE(chain_ids({}).empty());
}

} // namespace cang::oci
