#include "cli/completion_script.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <set>

namespace cang::cli {

namespace {

constexpr std::string_view kPlacePrefixes = "docker:// docker-archive: docker-daemon: oci: oci-archive:";

std::vector<const CLI::App*> commands_of(const CLI::App& program) {
    return program.get_subcommands([](const CLI::App* child) { return !child->get_name().empty(); });
}

// With those of its option groups, which are commands without a name to CLI11, and of the commands below it: which of
// these was given is more than the scripts look at. Each name once.
std::vector<const CLI::Option*> options_of(const CLI::App& app, bool with_commands) {
    auto options = app.get_options();
    for (const auto* child : app.get_subcommands([](const CLI::App*) { return true; }))
        if (with_commands || child->get_name().empty())
            for (const auto* option : options_of(*child, with_commands))
                options.push_back(option);
    std::set<std::string> names;
    std::erase_if(options, [&names](const CLI::Option* option) {
        return option->get_positional() || !names.insert(option->get_name()).second;
    });
    return options;
}

std::vector<const CLI::Option*> options_of(const CLI::App& app) { return options_of(app, app.get_parent() != nullptr); }

// "list show"; empty for a command that has none below it.
std::string words_below(const CLI::App& command) {
    std::string words;
    for (const auto* nested : commands_of(command))
        words += (words.empty() ? "" : " ") + nested->get_name();
    return words;
}

std::string summary(const std::string& description) {
    auto line = description.substr(0, description.find('\n'));
    // Quotes, brackets and colons mean something to the shells' completion functions.
    std::erase_if(line, [](char c) { return c == '\'' || c == '[' || c == ']' || c == ':' || c == '`' || c == '"'; });
    return line;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

std::string long_and_short_words(const CLI::App& app) {
    std::string words;
    for (const auto* option : options_of(app)) {
        for (const auto& name : option->get_lnames())
            words += (words.empty() ? "--" : " --") + name;
        for (const auto& name : option->get_snames())
            words += (words.empty() ? "-" : " -") + name;
    }
    return words;
}

} // namespace

std::string bash_completion(const CLI::App& program) {
    std::string names;
    std::string cases;
    for (const auto* command : commands_of(program)) {
        names += (names.empty() ? "" : " ") + command->get_name();
        cases += fmt::format("    {}) words='{}' below='{}' ;;\n", command->get_name(), long_and_short_words(*command),
                             words_below(*command));
    }
    return fmt::format(R"(# bash completion of cang
_cang() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" command='' word words='' below='' global='{global}'
  COMPREPLY=()
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$word" in
      -*) ;;
      *) command="$word"; break ;;
    esac
  done
  if [[ -z "$command" ]]; then
    COMPREPLY=($(compgen -W "{names} $global" -- "$current"))
    return
  fi
  case "$command" in
{cases}  esac
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$words $global" -- "$current"))
  elif [[ -n "$below" ]]; then
    COMPREPLY=($(compgen -W "$below" -- "$current"))
  else
    COMPREPLY=($(compgen -W "{places}" -- "$current") $(compgen -f -- "$current"))
  fi
}}
complete -o nospace -F _cang cang
)",
                       fmt::arg("global", long_and_short_words(program)), fmt::arg("names", names),
                       fmt::arg("cases", cases), fmt::arg("places", kPlacePrefixes));
}

std::string zsh_completion(const CLI::App& program) {
    auto specs = [](const CLI::App& app) {
        std::string text;
        for (const auto* option : options_of(app))
            for (const auto& name : option->get_lnames())
                text += fmt::format(" \\\n        '--{}{}[{}]{}'", name, takes_value(*option) ? "=" : "",
                                    summary(option->get_description()), takes_value(*option) ? ":value:_files" : "");
        return text;
    };
    std::string list;
    std::string cases;
    for (const auto* command : commands_of(program)) {
        list += fmt::format("    '{}:{}'\n", command->get_name(), summary(command->get_description()));
        auto below = words_below(*command);
        auto rest = below.empty() ? "image:_cang_places" : fmt::format("command:({})", below);
        cases += fmt::format("    {})\n      _arguments{}{} \\\n        '*:{}' ;;\n", command->get_name(),
                             specs(*command), specs(program), rest);
    }
    return fmt::format(R"(#compdef cang
_cang_places() {{
  compadd -S '' -- {places}
  _files
}}
_cang() {{
  local -a commands
  commands=(
{list}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "$words[2]" in
{cases}  esac
}}
compdef _cang cang
)",
                       fmt::arg("places", kPlacePrefixes), fmt::arg("list", list), fmt::arg("cases", cases));
}

std::string fish_completion(const CLI::App& program) {
    std::string text = "# fish completion of cang\n";
    auto add_options = [&](const CLI::App& app, const std::string& condition) {
        for (const auto* option : options_of(app)) {
            std::string names;
            for (const auto& name : option->get_snames())
                names += " -s " + name;
            for (const auto& name : option->get_lnames())
                names += " -l " + name;
            text += fmt::format("complete -c cang{}{}{} -d '{}'\n", condition, names, takes_value(*option) ? " -r" : "",
                                summary(option->get_description()));
        }
    };
    add_options(program, "");
    for (const auto* command : commands_of(program)) {
        text += fmt::format("complete -c cang -n __fish_use_subcommand -f -a {} -d '{}'\n", command->get_name(),
                            summary(command->get_description()));
        auto condition = fmt::format(" -n '__fish_seen_subcommand_from {}'", command->get_name());
        for (const auto* nested : commands_of(*command))
            text += fmt::format("complete -c cang{} -f -a {} -d '{}'\n", condition, nested->get_name(),
                                summary(nested->get_description()));
        add_options(*command, condition);
    }
    return text;
}

} // namespace cang::cli
