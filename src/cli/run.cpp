#include "cli/run.hpp"

#include "base/log.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <ostream>

namespace cang::cli {

namespace {

constexpr int kUsage = 3;

constexpr const char* kDescription =
    "Cang keeps, copies and serves container images.\n\n"
    "It is a registry with its own warehouse of images, and a tool that copies images between registries, the "
    "warehouse, archives, OCI layouts and Docker Engines. Digests stay the same wherever the formats allow it.";

using Actions = std::map<std::string, Action>;

void add_command(CLI::App& program, Session& session, Actions& actions, const Command& command) {
    auto* app = program.add_subcommand(command.name, command.description);
    app->footer(help_footer(command));
    OptionBuilder options(*app);
    actions[command.name] = command.declare(options, session);
}

void add_extra(CLI::App& program, Actions& actions, const ExtraCommand& command) {
    auto* app = program.add_subcommand(command.name, command.description);
    app->footer(command.footer);
    actions[command.name] = command.attach(*app);
}

void add_global_options(CLI::App& program, GlobalOptions& options) {
    constexpr const char* group = "Global options";
    program.add_flag("--json", options.json, "Print one JSON document instead of text, errors too.")->group(group);
    program.add_flag("-q,--quiet", options.quiet, "Print no progress and no notes.")->group(group);
    program.add_flag("--debug", options.debug, "Log what happens on standard error.")->group(group);
    program.add_flag("--no-color", options.no_color, "Print no colours.")->group(group);
    program.set_help_flag("-h,--help", "Print this page.")->group(group);
}

// CLI11's sentences in ours.
Error usage_error(const CLI::App& program, const CLI::ParseError& failure) {
    auto parsed = program.get_subcommands();
    std::string message = failure.what();
    std::string hint = "`cang --help` lists the commands";
    if (!parsed.empty())
        hint = fmt::format("`cang {} --help` tells its options and arguments", parsed.front()->get_name());
    if (failure.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
        auto words = parsed.empty() ? program.remaining() : parsed.front()->remaining();
        auto word = words.empty() ? message.substr(message.rfind(' ') + 1) : words[0];
        bool command = parsed.empty() && !word.starts_with('-');
        message = fmt::format("{} \"{}\"", command ? "unknown command" : "unexpected argument", word);
    }
    return Error(ErrorKind::invalid_argument, message + "\n" + hint);
}

std::vector<Command> all_commands() {
    return {copy_command(), sync_command(),   inspect_command(), tags_command(),  delete_command(),
            diff_command(), export_command(), import_command(),  login_command(), logout_command(),
            gc_command(),   fsck_command(),   version_command()};
}

int run_action(const Session& session, const Action& action) {
    int code = 0;
    try {
        code = action();
    } catch (...) {
        code = report(session, current_error());
    }
    session.console.out.flush();
    if (!session.console.out && code == 0)
        code = report(session, Error(ErrorKind::unavailable, "cannot write to standard output"));
    return code;
}

} // namespace

int run(const std::vector<std::string>& arguments, Console& console, const std::vector<ExtraCommand>& extra) {
    Session session{console, {}};
    Actions actions;
    CLI::App program(kDescription, "cang");
    program.formatter(help_formatter());
    program.footer(program_footer());
    program.fallthrough();
    program.option_defaults()->group("Options");
    bool print_version = false;
    add_global_options(program, session.options);
    program.add_flag("--version", print_version, "Print the version.")->group("Global options");
    program.require_subcommand(0, 1);
    for (const auto& command : extra)
        add_extra(program, actions, command);
    for (const auto& command : all_commands())
        add_command(program, session, actions, command);
    add_completion_command(program, session,
                           [&](std::string name, Action action) { actions[name] = std::move(action); });
    for (auto* command : program.get_subcommands([](CLI::App* child) { return !child->get_name().empty(); }))
        command->set_help_flag("-h,--help", "Print this page.")->group("Options");

    try {
        program.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::CallForHelp&) {
        console.out << program.help();
        return 0;
    } catch (const CLI::ParseError& failure) {
        return report(session, usage_error(program, failure));
    }
    if (print_version)
        return run_action(session, actions.at("version"));
    auto parsed = program.get_subcommands();
    if (parsed.empty()) {
        console.err << program.help();
        return kUsage;
    }
    auto name = parsed.front()->get_name();
    // A server logs; a command tells its failures itself.
    if (session.options.debug)
        log::set_level("debug");
    else if (std::ranges::none_of(extra, [&](const ExtraCommand& command) { return command.name == name; }))
        log::set_level("error");
    return run_action(session, actions.at(name));
}

int run(int argc, char** argv, std::vector<ExtraCommand> extra) {
    // A reader that goes away, `cang tags … | head`, is a failed write and not a death.
    std::signal(SIGPIPE, SIG_IGN);
    std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    return run(arguments, process_console(), extra);
}

} // namespace cang::cli
