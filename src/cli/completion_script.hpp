// Shell completion scripts, generated from the command tree so that they never drift from it.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace cang::cli {

std::string bash_completion(const CLI::App& program);
std::string zsh_completion(const CLI::App& program);
std::string fish_completion(const CLI::App& program);

} // namespace cang::cli
