#include "settings/description.hpp"

#include "settings/setting.hpp"

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

namespace cang::settings {
namespace {

const std::string kPage = CANG_TEST_GOLDEN "/../../docs/configuration.md";
constexpr std::string_view kBegin = "<!-- settings: made by `make golden` -->\n\n";
constexpr std::string_view kEnd = "<!-- end of settings -->\n";

std::string read_page() {
    std::ifstream file(kPage, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// UPDATE_GOLDEN=1 writes the tables anew.
TEST(ConfigurationPage, HasTheTable) {
    auto page = read_page();
    auto begin = page.find(kBegin);
    auto end = page.find(kEnd);
    ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end) << kPage;
    begin += kBegin.size();
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        page.replace(begin, end - begin, markdown());
        std::ofstream(kPage, std::ios::binary) << page;
        end = page.find(kEnd);
    }
    EXPECT_EQ(page.substr(begin, end - begin), markdown()) << kPage << " differs; run again with UPDATE_GOLDEN=1";
}

TEST(ConfigurationSchema, DescribesEverySettingAndNothingElse) {
    auto schema = boost::json::parse(json_schema());
    EXPECT_EQ(schema.at("additionalProperties"), false);
    std::size_t count = 0;
    for (const auto& section : schema.at("properties").as_object()) {
        EXPECT_EQ(section.value().at("additionalProperties"), false);
        count += section.value().at("properties").as_object().size();
    }
    EXPECT_EQ(count, table().size());
    const auto& server = schema.at("properties").at("server").at("properties");
    EXPECT_EQ(server.at("threads").at("type"), "integer");
    EXPECT_EQ(server.at("threads").at("maximum"), 256);
    EXPECT_EQ(server.at("threads").at("default"), 0);
    EXPECT_EQ(server.at("trust-proxy").at("type"), "boolean");
    const auto& log = schema.at("properties").at("log").at("properties");
    EXPECT_EQ(log.at("log-level").at("enum").as_array().size(), 5U);
}

} // namespace
} // namespace cang::settings
