// Each face has its own error document; the path tells which one a client expects.
#pragma once

#include "http/router.hpp"

namespace cang::app {

// The exception in flight as a response, logged under the request's id; call inside a catch block.
http::Response failure_response(const http::Request& request);
http::Response unmatched_response(const http::Request& request, const http::RouteMatch& match);

} // namespace cang::app
