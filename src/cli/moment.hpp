// Points in time as options name them: "90d" from now or ago, a day, or RFC 3339.
#pragma once

#include "base/clock.hpp"

namespace cang::cli {

// RFC 3339 of what `text` means; empty for an empty text. Throws Error{invalid_argument} that names the option.
std::string moment_after(std::string_view option, const std::string& text, Timestamp now);
std::string moment_before(std::string_view option, const std::string& text, Timestamp now);

} // namespace cang::cli
