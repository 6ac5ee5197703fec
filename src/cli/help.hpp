// What --help prints: one page a command, in the order of a manual page.
#pragma once

#include "cli/command.hpp"

#include <memory>

namespace CLI {
class FormatterBase;
}

namespace cang::cli {

inline constexpr std::size_t kHelpColumns = 100;

std::shared_ptr<CLI::FormatterBase> help_formatter();

// Examples, exit codes and environment of a command's page, as printed after its options.
std::string help_footer(const Command& command);
std::string program_footer();

// Words of `text` in lines of at most `columns`, every line after the first indented by `indent`. Paragraphs stay
// apart.
std::string wrap(const std::string& text, std::size_t columns, std::size_t indent);

} // namespace cang::cli
