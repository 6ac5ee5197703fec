// Problem documents (RFC 9457): how everything but the registry says what went wrong.
#pragma once

#include "base/error.hpp"
#include "http/response.hpp"

namespace cang::http {

// {"type","title","status","detail","kind","code"?}. An internal error says only that it happened; its text belongs
// into the log.
Response problem_response(const Error& error);

} // namespace cang::http
