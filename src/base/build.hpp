// What this program was built from.
#pragma once

#include <string_view>

namespace cang {

std::string_view build_version(); // "0.1.0"
std::string_view build_commit();  // "unknown" when it was built outside a clone

} // namespace cang
