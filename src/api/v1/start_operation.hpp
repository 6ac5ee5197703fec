// The answer to a request that starts slow work: 202, the operation, and where it is.
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"
#include "operation/runner.hpp"

namespace cang::api::v1 {

// `spec` as the requester wants it; the Idempotency-Key of the request is taken over: the same key again gives the
// operation that it started.
awaitable<http::Response> start_operation(operation::Runner& operations, const http::Request& request,
                                          operation::Spec spec);

} // namespace cang::api::v1
