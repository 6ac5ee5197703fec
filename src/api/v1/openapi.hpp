// What the table of endpoints says, as an OpenAPI 3.1 document and as a plain list.
//
// A parameter {name...} of a path spans several segments: OpenAPI has no word for that, so it is written {name}, and
// its description says that slashes are part of it.
#pragma once

#include "api/v1/endpoint.hpp"

#include <boost/json/object.hpp>
#include <span>

namespace cang::api::v1 {

// Throws Error{internal} for a schema that is no JSON: a mistake of the program.
boost::json::object openapi_document(std::span<const Endpoint> endpoints, std::span<const Schema> schemas);
// {"items":[{"method","path","name","permission","summary","group"}]}
boost::json::object routes_document(std::span<const Endpoint> endpoints);

// Both, as they are served.
struct Documentation {
    std::string openapi;
    std::string routes;
};
Documentation document(std::span<const Endpoint> endpoints, std::span<const Schema> schemas);

} // namespace cang::api::v1
