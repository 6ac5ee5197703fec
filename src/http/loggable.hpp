// What a client chose, as a log may show it: cut to a bound, credentials masked. Escaping is the log's own business.
#pragma once

#include <string>
#include <string_view>

namespace cang::http {

// Query values that may be credentials are masked: token, x-oauth-token, access_token, password, code, state.
std::string loggable_target(std::string_view target);

// A user name or user agent.
std::string loggable_name(std::string_view name);

} // namespace cang::http
