// The distribution-spec error document: {"errors":[{"code":…,"message":…,"detail":…}]}.
#pragma once

#include "base/error.hpp"
#include "http/response.hpp"
#include "http/router.hpp"

namespace cang::registry {

http::Response error_response(int status, std::string_view code, std::string_view message);
// Status and code by the error's own code where the specification ties one to it, else by the table of error kinds. An
// internal error says only that it happened; its text belongs into the log.
http::Response error_response(const Error& error);
// 404 for a path that is none of the API's, 405 with Allow for a wrong method.
http::Response unmatched_response(const http::RouteMatch& match);

} // namespace cang::registry
