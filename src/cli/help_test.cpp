#include "cli/help.hpp"

#include "cli/command_fixture.hpp"
#include "cli/commands.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace cang::cli {
namespace {

const std::string kGolden = CANG_TEST_GOLDEN "/cli/";

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// "operations list" is two arguments; its page is operations-list.txt.
std::vector<std::string> page_arguments(const std::string& command) {
    std::istringstream words(command == "cang" ? "" : command);
    std::vector<std::string> arguments{std::istream_iterator<std::string>(words), {}};
    arguments.push_back("--help");
    return arguments;
}

std::string page_name(std::string command) {
    std::ranges::replace(command, ' ', '-');
    return command;
}

class HelpPage : public CommandTest, public ::testing::WithParamInterface<std::string> {};

// UPDATE_GOLDEN=1 writes the files anew.
TEST_P(HelpPage, IsTheGoldenOne) {
    auto outcome = run(page_arguments(GetParam()));
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.err, "");
    auto path = kGolden + page_name(GetParam()) + ".txt";
    if (std::getenv("UPDATE_GOLDEN") != nullptr)
        std::ofstream(path, std::ios::binary) << outcome.out;
    EXPECT_EQ(outcome.out, read_file(path)) << "differs from " << path << "; run again with UPDATE_GOLDEN=1";
}

TEST_P(HelpPage, FitsTheScreen) {
    std::istringstream lines(run(page_arguments(GetParam())).out);
    std::string line;
    while (std::getline(lines, line)) {
        EXPECT_LE(line.size(), kHelpColumns) << line;
        EXPECT_FALSE(line.ends_with(' ')) << "\"" << line << "\"";
    }
}

INSTANTIATE_TEST_SUITE_P(EveryCommand, HelpPage,
                         ::testing::Values("cang", "copy", "sync", "inspect", "tags", "delete", "diff", "export",
                                           "import", "login", "logout", "gc", "fsck", "backup", "restore", "operations",
                                           "operations list", "operations show", "operations watch",
                                           "operations cancel", "operations retry", "users", "users list",
                                           "users create", "users disable", "users enable", "users password",
                                           "users delete", "projects", "projects list", "projects create",
                                           "projects show", "projects update", "projects delete", "members",
                                           "members list", "members set", "members remove", "robots", "robots list",
                                           "robots create", "robots renew", "robots disable", "robots enable",
                                           "robots delete", "tokens", "tokens list", "tokens create", "tokens revoke",
                                           "audit", "audit list", "audit export", "vault", "vault rotate", "config",
                                           "config verify", "config show", "config schema", "version", "completion"),
                         [](const auto& info) {
                             auto name = info.param;
                             std::erase(name, ' ');
                             return name;
                         });

TEST(Wrap, BreaksBetweenWordsAndKeepsParagraphs) {
    EXPECT_EQ(wrap("one two three", 7, 0), "one two\nthree");
    EXPECT_EQ(wrap("one two three", 7, 2), "one two\n  three");
    EXPECT_EQ(wrap("one\n\ntwo", 7, 0), "one\n\ntwo");
    EXPECT_EQ(wrap("indivisible", 4, 0), "indivisible");
    EXPECT_EQ(wrap("", 4, 0), "");
}

class Completion : public CommandTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(Completion, NamesCommandsAndOptions) {
    auto outcome = run({"completion", GetParam()});
    EXPECT_EQ(outcome.code, 0);
    for (const auto* word : {"copy", "inspect", "fsck", "tls-verify", "dry-run", "password-stdin", "operations",
                             "watch", "cursor", "robots", "renew", "permission", "quota"})
        EXPECT_NE(outcome.out.find(word), std::string::npos) << word;
}

INSTANTIATE_TEST_SUITE_P(EveryShell, Completion, ::testing::Values("bash", "zsh", "fish"),
                         [](const auto& info) { return info.param; });

} // namespace
} // namespace cang::cli
