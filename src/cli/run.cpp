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

// Actions are kept by the command's whole name: "operations list".
void add_command(CLI::App& parent, Session& session, Actions& actions, const Command& command,
                 const std::string& above = "") {
    auto* app = parent.add_subcommand(command.name, command.description);
    app->footer(help_footer(command));
    if (!command.commands.empty())
        app->require_subcommand(0, 1);
    for (const auto& nested : command.commands)
        add_command(*app, session, actions, nested, above + command.name + " ");
    if (!command.declare)
        return;
    OptionBuilder options(*app);
    actions[above + command.name] = command.declare(options, session);
}

// The command that was given and those that it is below of, outermost first.
std::vector<CLI::App*> given_commands(const CLI::App& program) {
    std::vector<CLI::App*> chain;
    for (auto given = program.get_subcommands(); !given.empty(); given = given.front()->get_subcommands())
        chain.push_back(given.front());
    return chain;
}

std::string whole_name(const std::vector<CLI::App*>& chain) {
    std::string name;
    for (const auto* command : chain)
        name += (name.empty() ? "" : " ") + command->get_name();
    return name;
}

bool is_named(const CLI::App* command) { return !command->get_name().empty(); }

bool has_commands(CLI::App& command) { return !command.get_subcommands(is_named).empty(); }

void add_help_options(CLI::App& parent) {
    for (auto* command : parent.get_subcommands([](CLI::App* child) { return is_named(child); })) {
        command->set_help_flag("-h,--help", "Print this page.")->group("Options");
        add_help_options(*command);
    }
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
Error usage_error(CLI::App& program, const CLI::ParseError& failure) {
    auto given = given_commands(program);
    auto& innermost = given.empty() ? program : *given.back();
    std::string message = failure.what();
    std::string hint = fmt::format("`cang {} --help` tells its options and arguments", whole_name(given));
    if (given.empty())
        hint = "`cang --help` lists the commands";
    if (failure.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
        auto words = innermost.remaining();
        auto word = words.empty() ? message.substr(message.rfind(' ') + 1) : words[0];
        bool command = has_commands(innermost) && !word.starts_with('-');
        message = fmt::format("{} \"{}\"", command ? "unknown command" : "unexpected argument", word);
    }
    return Error(ErrorKind::invalid_argument, message + "\n" + hint);
}

std::vector<Command> all_commands() {
    return {copy_command(),  sync_command(),     inspect_command(), tags_command(),    delete_command(),
            diff_command(),  export_command(),   import_command(),  login_command(),   logout_command(),
            gc_command(),    fsck_command(),     backup_command(),  restore_command(), operations_command(),
            users_command(), projects_command(), members_command(), robots_command(),  tokens_command(),
            audit_command(), vault_command(),    config_command(),  version_command()};
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
    add_help_options(program);

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
    auto name = whole_name(given_commands(program));
    auto action = actions.find(name);
    if (action == actions.end()) {
        console.err << program.help();
        return kUsage;
    }
    // A server logs; a command tells its failures itself.
    if (session.options.debug)
        log::set_level("debug");
    else if (std::ranges::none_of(extra, [&](const ExtraCommand& command) { return command.name == name; }))
        log::set_level("error");
    return run_action(session, action->second);
}

int run(int argc, char** argv, std::vector<ExtraCommand> extra) {
    // A reader that goes away, `cang tags … | head`, is a failed write and not a death.
    std::signal(SIGPIPE, SIG_IGN);
    std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    return run(arguments, process_console(), extra);
}

} // namespace cang::cli
