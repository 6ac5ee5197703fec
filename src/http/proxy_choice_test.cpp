#include "http/proxy_choice.hpp"

#include <gtest/gtest.h>
#include <map>

namespace cang::http {
namespace {

using Variables = std::map<std::string, std::string>;

std::string choice(const std::string& url, const Variables& variables, const std::string& given = "") {
    auto environment = [&](const char* name) {
        auto found = variables.find(name);
        return found == variables.end() ? std::string() : found->second;
    };
    return choose_proxy(Url::parse(url), given, environment);
}

TEST(ProxyChoice, TakesTheVariableOfTheScheme) {
    Variables both{{"HTTP_PROXY", "plain:1"}, {"HTTPS_PROXY", "secure:2"}};
    EXPECT_EQ(choice("http://registry.example/", both), "plain:1");
    EXPECT_EQ(choice("https://registry.example/", both), "secure:2");
    EXPECT_EQ(choice("https://registry.example/", {{"https_proxy", "lower:3"}, {"HTTPS_PROXY", "upper:4"}}), "lower:3");
    EXPECT_EQ(choice("https://registry.example/", {{"http_proxy", "plain:1"}}), "");
    EXPECT_EQ(choice("https://registry.example/", {{"ALL_PROXY", "all:5"}}), "all:5");
    EXPECT_EQ(choice("https://registry.example/", both, "given:6"), "given:6");
}

TEST(ProxyChoice, LeavesOutWhatIsExempt) {
    auto exempt = [](const std::string& url, const std::string& entries) {
        return choice(url, {{"HTTP_PROXY", "proxy:1"}, {"NO_PROXY", entries}}).empty();
    };
    EXPECT_TRUE(exempt("http://registry.corp.example/", "x.example, .corp.example"));
    EXPECT_TRUE(exempt("http://Registry.Corp.Example./", "corp.example"));
    EXPECT_TRUE(exempt("http://corp.example/", ".corp.example"));
    EXPECT_FALSE(exempt("http://notcorp.example/", "corp.example"));
    EXPECT_TRUE(exempt("http://registry.example/", "*"));
    EXPECT_TRUE(exempt("http://10.1.2.3/", "10.0.0.0/8"));
    EXPECT_TRUE(exempt("http://10.1.2.3/", "10.1.2.3"));
    EXPECT_FALSE(exempt("http://110.1.2.3/", "10.1.2.3"));
    EXPECT_TRUE(exempt("http://[fd00::1]/", "fd00::/8"));
    EXPECT_TRUE(exempt("http://[fd00::1]/", "[fd00::1]"));
    EXPECT_FALSE(exempt("http://registry.example/", " ,, "));
}

TEST(ProxyChoice, NeverPutsLoopbackBehindTheEnvironmentsProxy) {
    for (const auto* url : {"http://127.0.0.1:5000/", "http://LOCALHOST/", "http://[::1]/"}) {
        EXPECT_EQ(choice(url, {{"HTTP_PROXY", "proxy:1"}}), "") << url;
        EXPECT_EQ(choice(url, {}, "given:2"), "given:2") << url;
    }
}

} // namespace
} // namespace cang::http
