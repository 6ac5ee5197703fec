// Which proxy a request goes through, by the variables that curl and the Docker tools know. Pure but for the
// environment, which is passed in.
#pragma once

#include "http/client_url.hpp"

#include <functional>

namespace cang::http {

// A variable's value; empty when it is not set.
using Environment = std::function<std::string(const char* name)>;

// The proxy's URL or host; empty: none. `given` goes before the environment's; NO_PROXY counts for both, and loopback
// is never behind the environment's.
std::string choose_proxy(const Url& url, const std::string& given, const Environment& environment);

} // namespace cang::http
