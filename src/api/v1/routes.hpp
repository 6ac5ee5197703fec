// Our own API, version 1: JSON with lowerCamelCase keys, RFC 3339 timestamps; lists have n and last, and a `next` value
// where there is more. Errors are {"error":{"kind","code","message"}}; those under operations, whose lists have limit,
// cursor and total, are problem documents (RFC 9457).
//
// Routes keep references to the context's members, which must outlive them.
#pragma once

#include "http/router.hpp"
#include "image/places/warehouse/warehouse.hpp"
#include "operation/runner.hpp"

namespace cang::api::v1 {

struct Context {
    warehouse::Warehouse& warehouse;
    operation::Runner& operations;
};

std::vector<http::Route> storage_routes(Context& context);    // use of space, garbage collection
std::vector<http::Route> repository_routes(Context& context); // list, search
std::vector<http::Route> operation_routes(Context& context);  // history, events, cancel, retry

void add_routes(http::Router& router, Context& context);

http::Response error_response(const Error& error);
// RFC 9457, with "kind" and "code" as extensions.
http::Response problem_response(const Error& error);
// Whether this path answers with problem documents.
bool has_problems(std::string_view path);

} // namespace cang::api::v1
