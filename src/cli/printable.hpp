// Text of strangers for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace cang::cli {

// Control characters become '?', so that a terminal obeys nobody else; cut at 2000 bytes.
std::string printable(std::string_view text);

} // namespace cang::cli
