#include "api/v1/openapi.hpp"

#include "identity/permission.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

namespace json = boost::json;

constexpr const char* kDescription =
    "Timestamps are RFC 3339 in UTC, sizes are bytes. Lists have `limit` and `cursor` and answer `items`, `total` and "
    "`next`; "
    "`next` is the cursor of the page after and is absent on the last one. Errors are problem documents (RFC 9457). "
    "What takes long answers 202 with the address of an operation in `Location`; its events tell how it goes.";

constexpr const char* kSessionDescription =
    "Made by POST /api/v1/session. Requests that write must carry `X-Requested-With: cang` with it.";

struct PathParameter {
    std::string_view name;
    std::string_view description;
};

constexpr PathParameter kPathParameters[] = {
    {"name", "A repository"},
    {"project", "A project"},
    {"user", "The id of a user"},
    {"reference", "A tag or a digest"},
    {"digest", "`sha256:` and 64 hexadecimal digits"},
    {"tag", "A tag"},
    {"operation", "The id of an operation"},
    {"id", "An id, as lists tell it"},
};

json::value parse(std::string_view owner, std::string_view text) {
    boost::system::error_code failure;
    auto value = json::parse(text, failure);
    if (failure)
        throw Error(ErrorKind::internal, fmt::format("the schema of {} is no JSON", owner));
    return value;
}

json::object reference_to(std::string_view kind, std::string_view name) {
    return {{"$ref", fmt::format("#/components/{}/{}", kind, name)}};
}

std::string openapi_path(std::string path) {
    for (std::size_t at; (at = path.find("...}")) != std::string::npos;)
        path.erase(at, 3);
    return path;
}

json::array path_parameters(std::string_view path) {
    json::array all;
    for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
        auto name = path.substr(open + 1, path.find('}', open) - open - 1);
        bool spans = name.ends_with("...");
        if (spans)
            name.remove_suffix(3);
        auto row = std::ranges::find(kPathParameters, name, &PathParameter::name);
        std::string description(row == std::end(kPathParameters) ? name : row->description);
        if (spans)
            description += "; its slashes are part of the path";
        all.push_back(json::object{{"name", name},
                                   {"in", "path"},
                                   {"required", true},
                                   {"description", description},
                                   {"schema", json::object{{"type", "string"}}}});
    }
    return all;
}

json::array parameters_of(const Endpoint& endpoint) {
    auto all = path_parameters(endpoint.route.pattern);
    for (const auto& parameter : endpoint.query)
        all.push_back(json::object{{"name", parameter.name},
                                   {"in", "query"},
                                   {"description", parameter.description},
                                   {"schema", parse(endpoint.route.name, parameter.schema)}});
    if (endpoint.route.method == http::Method::post)
        all.push_back(reference_to("parameters", "IdempotencyKey"));
    return all;
}

// Empty when there is none.
json::object content_of(std::string_view schema, std::string_view media_type) {
    json::object content;
    if (!schema.empty())
        content["application/json"] = json::object{{"schema", reference_to("schemas", schema)}};
    if (!media_type.empty())
        content[media_type] = json::object();
    return content;
}

std::string_view description_of(int status) {
    if (status == 302)
        return "Found";
    return status == 202 ? "Accepted" : "Success";
}

json::object responses_of(const Endpoint& endpoint) {
    json::object success{{"description", description_of(endpoint.status)}};
    if (endpoint.status == 201 || endpoint.status == 202 || endpoint.status == 302)
        success["headers"] = json::object{{"Location", reference_to("headers", "Location")}};
    if (auto content = content_of(endpoint.response, endpoint.response_media); !content.empty())
        success["content"] = std::move(content);
    return {{std::to_string(endpoint.status), std::move(success)}, {"default", reference_to("responses", "Problem")}};
}

bool is_for_everybody(const http::Route& route) {
    return identity::get_permission(route.permission).least == identity::Least::everybody;
}

json::object operation_of(const Endpoint& endpoint) {
    const auto& route = endpoint.route;
    json::object operation{
        {"operationId", route.name}, {"tags", json::array{endpoint.group}}, {"summary", endpoint.summary}};
    if (is_for_everybody(route))
        operation["security"] = json::array();
    operation["x-permission"] = route.permission;
    if (auto parameters = parameters_of(endpoint); !parameters.empty())
        operation["parameters"] = std::move(parameters);
    if (auto content = content_of(endpoint.request, endpoint.request_media); !content.empty())
        operation["requestBody"] = json::object{{"required", true}, {"content", std::move(content)}};
    operation["responses"] = responses_of(endpoint);
    return operation;
}

std::string lower_case(std::string_view method) {
    std::string text(method);
    std::ranges::transform(text, text.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    return text;
}

json::object paths_of(std::span<const Endpoint> endpoints) {
    json::object paths;
    for (const auto& endpoint : endpoints) {
        auto& item = paths[openapi_path(endpoint.route.pattern)];
        if (!item.is_object())
            item.emplace_object();
        item.get_object()[lower_case(http::to_string(endpoint.route.method))] = operation_of(endpoint);
    }
    return paths;
}

json::array tags_of(std::span<const Endpoint> endpoints) {
    json::array tags;
    for (const auto& endpoint : endpoints)
        if (json::object tag{{"name", endpoint.group}}; std::ranges::find(tags, json::value(tag)) == tags.end())
            tags.push_back(std::move(tag));
    return tags;
}

json::object schemas_of(std::span<const Schema> schemas) {
    json::object all;
    for (const auto& schema : schemas)
        all[schema.name] = parse(schema.name, schema.json);
    return all;
}

json::object components_of(std::span<const Schema> schemas) {
    auto problem =
        json::object{{"application/problem+json", json::object{{"schema", reference_to("schemas", "Problem")}}}};
    json::object key{
        {"name", "Idempotency-Key"},
        {"in", "header"},
        {"description", "Makes it safe to send this again: the same key gives the first answer for 24 hours"},
        {"schema", json::object{{"type", "string"}, {"minLength", 1}, {"maxLength", 200}}}};
    json::object location{{"description", "Where to find what was made or started"},
                          {"schema", json::object{{"type", "string"}}}};
    json::object basic{{"type", "http"}, {"scheme", "basic"}};
    json::object session{
        {"type", "apiKey"}, {"in", "cookie"}, {"name", "cang_session"}, {"description", kSessionDescription}};
    return {
        {"securitySchemes", json::object{{"basic", std::move(basic)}, {"session", std::move(session)}}},
        {"parameters", json::object{{"IdempotencyKey", std::move(key)}}},
        {"headers", json::object{{"Location", std::move(location)}}},
        {"responses",
         json::object{{"Problem", json::object{{"description", "A problem"}, {"content", std::move(problem)}}}}},
        {"schemas", schemas_of(schemas)},
    };
}

} // namespace

json::object openapi_document(std::span<const Endpoint> endpoints, std::span<const Schema> schemas) {
    json::array security{json::object{{"basic", json::array()}}, json::object{{"session", json::array()}}};
    return {{"openapi", "3.1.0"},
            {"info", json::object{{"title", "Cang"}, {"version", CANG_VERSION}, {"description", kDescription}}},
            {"servers", json::array{json::object{{"url", "/"}}}},
            {"security", std::move(security)},
            {"tags", tags_of(endpoints)},
            {"paths", paths_of(endpoints)},
            {"components", components_of(schemas)}};
}

json::object routes_document(std::span<const Endpoint> endpoints) {
    json::array items;
    for (const auto& endpoint : endpoints)
        items.push_back(json::object{{"method", http::to_string(endpoint.route.method)},
                                     {"path", endpoint.route.pattern},
                                     {"name", endpoint.route.name},
                                     {"permission", endpoint.route.permission},
                                     {"group", endpoint.group},
                                     {"summary", endpoint.summary}});
    return {{"items", std::move(items)}};
}

Documentation document(std::span<const Endpoint> endpoints, std::span<const Schema> schemas) {
    return {.openapi = json::serialize(openapi_document(endpoints, schemas)),
            .routes = json::serialize(routes_document(endpoints))};
}

} // namespace cang::api::v1
