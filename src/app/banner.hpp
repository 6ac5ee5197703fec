// What the first start says on standard output: where the server is, and the password it made up, this once.
#pragma once

#include "registry/auth/account.hpp"

namespace cang::app {

std::string banner(std::string_view url, const std::optional<Secret>& generated_password);
void print_banner(std::string_view url, const registry::auth::Account& account);

} // namespace cang::app
