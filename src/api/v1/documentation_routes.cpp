// The API tells what it is: the OpenAPI document, a page to browse it, the list of routes.

#include "api/v1/docs_files.hpp"
#include "api/v1/routes.hpp"

namespace cang::api::v1 {

namespace {

// Part of the documentation, which lives as long as the routes.
http::Response shared_json(std::shared_ptr<const Documentation> owner, const std::string& text) {
    auto response = http::json_response(200, "");
    response.headers.set("Cache-Control", "no-cache");
    response.body = std::shared_ptr<const std::string>(std::move(owner), &text);
    return response;
}

http::Response docs_file(const http::Request& request, std::string_view name) {
    http::StaticFiles files(docs_files());
    const auto* file = files.find("/" + std::string(name));
    if (file == nullptr)
        throw Error(ErrorKind::not_found, "there is no such file");
    return files.reply(request, *file);
}

} // namespace

std::vector<Endpoint> documentation_endpoints(std::shared_ptr<const Documentation> documentation) {
    auto openapi = [documentation](http::Request&) -> awaitable<http::Response> {
        co_return shared_json(documentation, documentation->openapi);
    };
    auto routes = [documentation](http::Request&) -> awaitable<http::Response> {
        co_return shared_json(documentation, documentation->routes);
    };
    auto page = [](http::Request& request) -> awaitable<http::Response> { co_return docs_file(request, "index.html"); };
    auto file = [](http::Request& request) -> awaitable<http::Response> {
        co_return docs_file(request, request.parameter("file"));
    };
    using http::Method;
    constexpr auto group = "documentation";
    return {
        {.route = {Method::get, "/api/v1/openapi.json", "api.docs.openapi", "public", openapi},
         .summary = "Get this document",
         .group = group,
         .response = "OpenApi"},
        {.route = {Method::get, "/api/v1/routes", "api.docs.routes", "public", routes},
         .summary = "List the routes of the API",
         .group = group,
         .response = "RouteList"},
        {.route = {Method::get, "/api/v1/docs", "api.docs.page", "public", page},
         .summary = "Browse this document",
         .group = group,
         .response_media = "text/html"},
        {.route = {Method::get, "/api/v1/docs/{file}", "api.docs.file", "public", file},
         .summary = "Get a part of the page",
         .group = group,
         .response_media = "*/*"},
    };
}

std::vector<Schema> documentation_schemas() {
    return {
        {"Problem", R"({"type":"object","required":["type","title","status","detail","kind"],"properties":{
"type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},
"detail":{"type":"string","description":"What is wrong and what to do"},"kind":{"type":"string"},
"code":{"type":"string","description":"Of the registry, of the database, whoever said so first"}}})"},
        {"OpenApi", R"({"type":"object","required":["openapi","info","paths"]})"},
        {"RouteList", R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{
"type":"object","required":["method","path","name","permission","group","summary"],"properties":{
"method":{"type":"string"},"path":{"type":"string"},"name":{"type":"string"},
"permission":{"type":"string","description":"Of /api/v1/permissions"},"group":{"type":"string"},
"summary":{"type":"string"}}}}}})"},
    };
}

} // namespace cang::api::v1
