#include "cli/commands.hpp"
#include "cli/config_sources.hpp"
#include "cli/printable.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

constexpr std::string_view kRow = "{:<36}  {:<24}  {}";

int run_show(const Session& session, const std::string& file) {
    auto reading = settings::read_settings(config_sources(session.console, file));
    boost::json::array items;
    session.print(fmt::format(kRow, "SETTING", "VALUE", "FROM"));
    for (const auto& setting : reading.settings.views()) {
        session.print(
            fmt::format(kRow, setting.key, setting.value.empty() ? "-" : printable(setting.value), setting.source));
        items.push_back({{"key", setting.key},
                         {"value", setting.value},
                         {"source", setting.source},
                         {"reloadable", setting.reloadable}});
    }
    if (session.options.json)
        session.print_json(boost::json::object{{"items", std::move(items)}});
    for (const auto& problem : reading.problems)
        session.note(printable(problem));
    return reading.problems.empty() ? 0 : 1;
}

} // namespace

Command config_show_command() {
    return {
        .name = "show",
        .description = "Show the value of each setting of `cang serve`, and where it comes from.\n\n"
                       "Reads the file and the variables as `cang serve` does; secrets are not shown.",
        .examples = "  cang config show --config /etc/cang/cang.yaml\n"
                    "  cang config show --json\n",
        .environment = {"CANG_CONFIG"},
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto file = std::make_shared<std::string>();
            add_config_option(builder, *file);
            return [&session, file] { return run_show(session, *file); };
        },
    };
}

} // namespace cang::cli
