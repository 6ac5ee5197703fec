// Foreign text inside a message: printable, short, in quotes.
#pragma once

#include <string>
#include <string_view>

namespace cang::oci {

// "text" with everything outside printable ASCII as \xNN, cut after 80 characters.
std::string show_foreign(std::string_view text);

} // namespace cang::oci
