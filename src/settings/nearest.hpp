// "Did you mean …": the word that differs least from one that is not known. Pure.
#pragma once

#include <span>
#include <string_view>

namespace cang::settings {

// Empty when none is near: within two edits, or one for each three characters of a longer word.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

} // namespace cang::settings
