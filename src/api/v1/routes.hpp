// Our own API, version 1: JSON with lowerCamelCase keys, RFC 3339 timestamps; lists have n and last, and a `next` value
// where there is more. Errors are {"error":{"kind","code","message"}}.
//
// Routes keep references to the context's members, which must outlive them.
#pragma once

#include "http/router.hpp"
#include "registry/collection.hpp"

namespace cang::api::v1 {

struct Context {
    warehouse::Warehouse& warehouse;
    registry::Collection& collection;
};

std::vector<http::Route> storage_routes(Context& context);    // use of space, garbage collection
std::vector<http::Route> repository_routes(Context& context); // list, search

void add_routes(http::Router& router, Context& context);

http::Response error_response(const Error& error);

} // namespace cang::api::v1
