#include "cli/commands.hpp"
#include "cli/config_sources.hpp"
#include "cli/printable.hpp"
#include "http/tls.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

namespace cang::cli {

namespace {

// What the files that settings name get wrong.
void find_file_problems(const settings::Settings& settings, std::vector<std::string>& problems) {
    auto add = [&](std::string_view name, std::string_view reason) {
        problems.push_back(fmt::format("{}: {}", settings.value(name).origin, reason));
    };
    const auto& certificate = settings.text("tls-cert");
    const auto& key = settings.text("tls-key");
    if (!certificate.empty() && !key.empty()) {
        try {
            http::TlsCertificate(certificate, key);
        } catch (const Error& error) {
            add("tls-cert", error.message());
        }
    }
    const auto& password = settings.text("admin-password-file");
    if (!password.empty() && ::access(password.c_str(), R_OK) != 0)
        add("admin-password-file", "the file cannot be read");
}

int run_verify(const Session& session, const std::string& file) {
    auto sources = config_sources(session.console, file);
    auto reading = settings::read_settings(sources);
    auto problems = std::move(reading.problems);
    find_file_problems(reading.settings, problems);
    boost::json::array listed;
    for (const auto& problem : problems) {
        session.print(printable(problem));
        listed.emplace_back(problem);
    }
    if (session.options.json)
        session.print_json(boost::json::object{{"valid", problems.empty()}, {"problems", std::move(listed)}});
    if (!problems.empty())
        return 1;
    session.print(fmt::format("{} is valid", sources.file.empty() ? "the configuration" : printable(sources.file)));
    return 0;
}

} // namespace

Command config_verify_command() {
    return {
        .name = "verify",
        .description = "Check the settings of `cang serve`, and tell everything that is wrong with them.\n\n"
                       "Reads the file and the variables as `cang serve` does. Also reads the certificate, its key and "
                       "the password file that they name. A line per problem, with the place in the file; exit code 1 "
                       "when there is one.",
        .examples = "  cang config verify --config /etc/cang/cang.yaml\n"
                    "  CANG_GC_INTERVAL=soon cang config verify --json\n",
        .environment = {"CANG_CONFIG"},
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto file = std::make_shared<std::string>();
            add_config_option(builder, *file);
            return [&session, file] { return run_verify(session, *file); };
        },
    };
}

} // namespace cang::cli
