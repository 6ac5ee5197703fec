// UTF-8 validity (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. Pure.
#pragma once

#include <string_view>

namespace cang {

bool is_utf8(std::string_view text) noexcept;

} // namespace cang
