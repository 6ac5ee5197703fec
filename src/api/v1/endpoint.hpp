// The API as a table: each row is a route and what its documentation says of it. The router, OpenAPI, the documentation
// page and the golden test are made of it.
#pragma once

#include "http/router.hpp"

namespace cang::api::v1 {

// A query parameter. `schema` is JSON Schema, for example {"type":"integer","minimum":1,"maximum":500}.
struct Parameter {
    std::string name;
    std::string schema;
    std::string description;
};

struct Endpoint {
    http::Route route;
    std::string summary; // one sentence without full stop: "List repositories"
    std::string group;   // the heading it is listed under: "repositories"
    std::vector<Parameter> query = {};
    std::string request = {};  // name of the schema of the JSON body; empty: no JSON body
    int status = 200;          // of success
    std::string response = {}; // name of the schema of the answer; empty: no JSON answer
    // Media types of bodies that are no JSON: "application/octet-stream".
    std::string request_media = {};
    std::string response_media = {};
    // The answer shows a secret once: it is kept nowhere, so an Idempotency-Key means nothing here.
    bool shows_secret = false;
};

// A named part of the documentation, #/components/schemas/<name>; `json` is JSON Schema (2020-12).
struct Schema {
    std::string name;
    std::string json;
};

// The usual parameters of a list.
std::vector<Parameter> page_parameters();
// The schema of a page of items: {"items":[…],"total":N,"next":"…"}.
Schema page_schema(std::string name, std::string_view item);

} // namespace cang::api::v1
