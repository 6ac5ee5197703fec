// How a command declares itself: what `cang --help` says and which options it takes. The one seam to CLI11, so that a
// command's file is about the command.
#pragma once

#include "cli/session.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace cang::cli {

enum class Need { required, optional };

// Declares options on a command. Every value is referred to until the arguments are parsed: keep it in what the
// command's action captures.
class OptionBuilder {
public:
    explicit OptionBuilder(CLI::App& app) : app_(app) {}

    void positional(const std::string& name, std::string& value, const std::string& help, Need need = Need::required);
    // All that is left of the line; at least one when required.
    void positionals(const std::string& name, std::vector<std::string>& values, const std::string& help,
                     Need need = Need::required);
    void flag(const std::string& names, bool& value, const std::string& help);
    // "--tls-verify", "--tls-verify=false"; not given leaves it empty.
    void flag(const std::string& names, std::optional<bool>& value, const std::string& help);
    void option(const std::string& names, const std::string& value_name, std::string& value, const std::string& help);
    void required_option(const std::string& names, const std::string& value_name, std::string& value,
                         const std::string& help);
    // Repeatable, one value each.
    void option(const std::string& names, const std::string& value_name, std::vector<std::string>& values,
                const std::string& help);
    // A number within bounds.
    void option(const std::string& names, const std::string& value_name, std::uint64_t& value, std::uint64_t lowest,
                std::uint64_t highest, const std::string& help);
    // The options declared from here on are listed under this heading.
    void heading(const std::string& text) { heading_ = text; }

private:
    CLI::App& app_;
    std::string heading_ = "Options";
};

// What to run once the arguments are parsed; returns the exit code.
using Action = std::function<int()>;

struct Command {
    std::string name;
    std::string description;              // a summary line, then paragraphs
    std::string examples;                 // as printed, each line indented by two
    std::vector<std::string> environment; // names out of the table in help.cpp
    // Empty for one that only has commands below it.
    std::function<Action(OptionBuilder&, Session&)> declare;
    std::vector<Command> commands = {}; // `cang NAME COMMAND`
};

} // namespace cang::cli
