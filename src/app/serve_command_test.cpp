#include "app/serve_command.hpp"

#include "settings/setting.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sstream>

namespace cang::app {
namespace {

const std::string kGolden = CANG_TEST_GOLDEN "/cli/serve.txt";

std::string help_page() {
    std::ostringstream out;
    std::ostringstream err;
    std::istringstream in;
    cli::Console console{.out = out, .err = err, .in = in, .environment = [](const std::string&) { return ""; }};
    EXPECT_EQ(cli::run({"serve", "--help"}, console, {serve_command()}), 0);
    return out.str();
}

// UPDATE_GOLDEN=1 writes the file anew.
TEST(ServeHelp, IsTheGoldenOne) {
    auto page = help_page();
    if (std::getenv("UPDATE_GOLDEN") != nullptr)
        std::ofstream(kGolden, std::ios::binary) << page;
    std::ifstream file(kGolden, std::ios::binary);
    std::string golden{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(page, golden) << "differs from " << kGolden << "; run again with UPDATE_GOLDEN=1";
}

TEST(ServeHelp, HasEverySetting) {
    auto page = help_page();
    for (const auto& setting : settings::table())
        EXPECT_NE(page.find(settings::flag_of(setting)), std::string::npos) << setting.name;
}

} // namespace
} // namespace cang::app
