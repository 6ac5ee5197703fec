// What the first start says on standard output: where the server is, and the password it made up, this once.
#pragma once

#include "base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cang::app {

// Empty when nothing was made up.
std::string banner(std::string_view url, const std::optional<Secret>& generated_password);
void print_banner(std::string_view url, const std::optional<Secret>& generated_password);

} // namespace cang::app
