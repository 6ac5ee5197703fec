#include "cli/commands.hpp"
#include "cli/completion_script.hpp"
#include "cli/help.hpp"

#include <CLI/CLI.hpp>
#include <ostream>

namespace cang::cli {

namespace {

int print_completion(const Session& session, const CLI::App& program, const std::string& shell) {
    if (shell == "bash")
        session.console.out << bash_completion(program);
    else if (shell == "zsh")
        session.console.out << zsh_completion(program);
    else
        session.console.out << fish_completion(program);
    return 0;
}

} // namespace

void add_completion_command(CLI::App& program, Session& session, std::function<void(std::string, Action)> keep) {
    Command text{
        .name = "completion",
        .description = "Print the completion script of a shell.\n\n"
                       "The script knows every command and option of this very program.",
        .examples = "  source <(cang completion bash)\n"
                    "  cang completion zsh > \"${fpath[1]}/_cang\"\n"
                    "  cang completion fish > ~/.config/fish/completions/cang.fish\n",
        .environment = {},
        .declare = {},
    };
    auto* command = program.add_subcommand(text.name, text.description);
    command->footer(help_footer(text));
    auto shell = std::make_shared<std::string>();
    command->add_option("SHELL", *shell, "bash, zsh or fish.")
        ->required()
        ->type_name("")
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    keep(text.name, [shell, &program, &session] { return print_completion(session, program, *shell); });
}

} // namespace cang::cli
