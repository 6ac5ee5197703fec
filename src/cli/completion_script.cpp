#include "cli/completion_script.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

constexpr std::string_view kPlacePrefixes = "docker:// docker-archive: docker-daemon: oci: oci-archive:";

std::vector<const CLI::App*> commands_of(const CLI::App& program) {
    return program.get_subcommands([](const CLI::App* child) { return !child->get_name().empty(); });
}

// With those of its option groups, which are commands without a name to CLI11.
std::vector<const CLI::Option*> options_of(const CLI::App& app) {
    auto options = app.get_options();
    for (const auto* group : app.get_subcommands([](const CLI::App* child) { return child->get_name().empty(); }))
        for (const auto* option : group->get_options())
            options.push_back(option);
    std::erase_if(options, [](const CLI::Option* option) { return option->get_positional(); });
    return options;
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
        cases += fmt::format("    {}) words='{}' ;;\n", command->get_name(), long_and_short_words(*command));
    }
    return fmt::format(R"(# bash completion of cang
_cang() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" command='' word words='' global='{global}'
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
        cases += fmt::format("    {})\n      _arguments{}{} \\\n        '*:image:_cang_places' ;;\n",
                             command->get_name(), specs(*command), specs(program));
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
        add_options(*command, fmt::format(" -n '__fish_seen_subcommand_from {}'", command->get_name()));
    }
    return text;
}

} // namespace cang::cli
