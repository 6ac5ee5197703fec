// The Cookie header of a request (RFC 6265 §4.2). Pure.
#pragma once

#include <optional>
#include <string_view>

namespace cang::http {

// The value of the first cookie of that name, without the quotes that may stand around it; nullopt when there is none.
// Malformed pieces are skipped. The result lies in `header`.
std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name);

} // namespace cang::http
