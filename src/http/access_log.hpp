// One structured line per request, through base/log at level info.
#pragma once

#include "http/server.hpp"

namespace cang::http {

// What a client chose (target, user agent, …) is cut to a bound; credentials do not appear in any of the fields, and
// query values of the names token, password and code are masked.
void log_access(const AccessRecord& record);

// The target as the log shows it.
std::string loggable_target(std::string_view target);

} // namespace cang::http
