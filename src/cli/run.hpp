// The command line: parses the arguments, runs one command, turns failures into one line and an exit code.
// Nothing else of the program catches for it: this is the "CLI main" of the error rules.
#pragma once

#include "cli/console.hpp"

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace cang::cli {

// A command that a layer above adds; app adds `serve`. `attach` declares the command's options on its CLI11 object
// (kept alive by the caller's captures) and returns what to run once the arguments are parsed; its result is the exit
// code. An Error that leaves it is reported like any command's.
struct ExtraCommand {
    std::string name;
    std::string description; // first line is the summary of `cang --help`; more paragraphs follow a blank line
    std::string footer;      // examples and the like, printed as it stands
    std::function<std::function<int()>(CLI::App& command)> attach;
};

// Exit codes: 0 ok, 1 failed, 2 not found, 3 usage.
int run(int argc, char** argv, std::vector<ExtraCommand> extra = {});

// The same with the outside world given, for tests. `arguments` are without the program name.
int run(const std::vector<std::string>& arguments, Console& console, const std::vector<ExtraCommand>& extra = {});

} // namespace cang::cli
