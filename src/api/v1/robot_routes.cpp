// Robots of projects and of the whole server.

#include "api/v1/input.hpp"
#include "api/v1/person.hpp"

#include <algorithm>

namespace cang::api::v1 {

namespace {

namespace json = boost::json;

// Empty: the whole server's.
std::string project_of(const http::Request& request) {
    auto found = std::ranges::find(request.parameters, "project", [](const auto& item) { return item.first; });
    return found == request.parameters.end() ? std::string() : found->second;
}

std::string path_of(const std::string& project) {
    return project.empty() ? "/api/v1/robots" : "/api/v1/projects/" + project + "/robots";
}

json::object document_of(const identity::Robot& robot, const std::string& project) {
    json::object document{{"id", robot.id},
                          {"name", robot.name},
                          {"description", robot.description},
                          {"scopes", scopes_document(robot.scopes)},
                          {"disabled", robot.disabled},
                          {"createdAt", to_rfc3339(robot.created_at)},
                          {"createdBy", robot.created_by}};
    if (!project.empty())
        document["project"] = project;
    if (robot.expires_at)
        document["expiresAt"] = to_rfc3339(*robot.expires_at);
    if (robot.last_used_at)
        document["lastUsedAt"] = to_rfc3339(*robot.last_used_at);
    return document;
}

// With the secret, which no cache may keep.
http::Response shown(http::Response response) {
    response.headers.set("Cache-Control", "no-store");
    return response;
}

identity::RobotSettings settings_of(const json::object& body) {
    identity::RobotSettings settings;
    read_fields(body, [&settings](const oci::JsonScope& fields) {
        settings.description = fields.text("description");
        settings.disabled = fields.flag("disabled");
    });
    settings.scopes = scopes_field(body);
    settings.expires_at = optional_time(body, "expiresAt");
    return settings;
}

awaitable<http::Response> list_robots(Context& context, http::Request& request) {
    auto project = project_of(request);
    auto robots = co_await context.identity.robots.list(project);
    json::array items;
    for (const auto& robot : robots)
        items.push_back(document_of(robot, project));
    auto total = items.size();
    co_return page_reply(std::move(items), total, "");
}

awaitable<http::Response> create_robot(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    std::string name;
    read_fields(body, [&name](const oci::JsonScope& fields) { name = fields.required_text("name"); });
    auto project = project_of(request);
    auto made = co_await context.identity.robots.create(project, std::move(name), settings_of(body),
                                                        identity::actor_of(request));
    auto document = document_of(made.robot, project);
    document["secret"] = made.secret.reveal();
    co_return shown(created_reply(path_of(project) + "/" + made.robot.id, document));
}

awaitable<http::Response> get_robot(Context& context, http::Request& request) {
    auto project = project_of(request);
    auto robot = co_await context.identity.robots.get(project, request.parameter("id"));
    co_return json_reply(200, document_of(robot, project));
}

awaitable<http::Response> put_robot(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    auto project = project_of(request);
    auto robot = co_await context.identity.robots.update(project, request.parameter("id"), settings_of(body),
                                                         identity::actor_of(request));
    co_return json_reply(200, document_of(robot, project));
}

awaitable<http::Response> renew_secret(Context& context, http::Request& request) {
    auto project = project_of(request);
    auto made =
        co_await context.identity.robots.renew_secret(project, request.parameter("id"), identity::actor_of(request));
    co_return shown(json_reply(200, json::object{{"secret", made.secret.reveal()}}));
}

awaitable<http::Response> delete_robot(Context& context, http::Request& request) {
    co_await context.identity.robots.remove(project_of(request), request.parameter("id"), identity::actor_of(request));
    co_return no_content();
}

// The same rows twice: of a project, and of the server.
std::vector<Endpoint> endpoints_at(Context& context, const std::string& path, const std::string& name,
                                   std::string_view whose, std::string_view read, std::string_view manage) {
    using Handle = awaitable<http::Response> (*)(Context&, http::Request&);
    auto row = [&](http::Method method, std::string below, std::string verb, Handle handle,
                   std::string_view permission) {
        auto bound = [&context, handle](http::Request& request) { return handle(context, request); };
        return http::Route{method, path + below, name + verb, permission, bound};
    };
    using http::Method;
    constexpr auto group = "robots";
    auto of = " of " + std::string(whose);
    return {
        {.route = row(Method::get, "", "list", list_robots, read),
         .summary = "List the robots" + of,
         .group = group,
         .response = "RobotList"},
        {.route = row(Method::post, "", "create", create_robot, manage),
         .summary = "Create a robot" + of + "; the answer alone shows its secret",
         .group = group,
         .request = "NewRobot",
         .status = 201,
         .response = "ShownRobot",
         .shows_secret = true},
        {.route = row(Method::get, "/{id}", "get", get_robot, read),
         .summary = "Show a robot" + of,
         .group = group,
         .response = "Robot"},
        {.route = row(Method::put, "/{id}", "put", put_robot, manage),
         .summary = "Change a robot" + of,
         .group = group,
         .request = "RobotSettings",
         .response = "Robot"},
        {.route = row(Method::post, "/{id}/secret", "secret", renew_secret, manage),
         .summary = "Give a robot" + of + " a new secret; the old one is void at once",
         .group = group,
         .response = "RobotSecret",
         .shows_secret = true},
        {.route = row(Method::delete_, "/{id}", "delete", delete_robot, manage),
         .summary = "Delete a robot" + of,
         .group = group,
         .status = 204},
    };
}

} // namespace

std::vector<Endpoint> robot_endpoints(Context& context) {
    auto endpoints =
        endpoints_at(context, "/api/v1/robots", "api.robots.", "the server", "robot.server", "robot.server");
    auto of_projects = endpoints_at(context, "/api/v1/projects/{project}/robots", "api.projects.robots.", "a project",
                                    "robot.read", "robot.manage");
    std::ranges::move(of_projects, std::back_inserter(endpoints));
    return endpoints;
}

std::vector<Schema> robot_schemas() {
    const std::string fields = R"("id":{"type":"string"},"name":{"type":"string"},"project":{"type":"string"},
"description":{"type":"string"},"scopes":{"$ref":"#/components/schemas/Scopes"},"disabled":{"type":"boolean"},
"createdAt":{"type":"string","format":"date-time"},"createdBy":{"type":"string"},
"expiresAt":{"type":"string","format":"date-time"},"lastUsedAt":{"type":"string","format":"date-time"})";
    const std::string required = R"("id","name","description","scopes","disabled","createdAt","createdBy")";
    const std::string settings = R"("description":{"type":"string","maxLength":2000},
"disabled":{"type":"boolean","default":false},"expiresAt":{"type":"string","format":"date-time"},
"scopes":{"$ref":"#/components/schemas/Scopes"})";
    return {
        {"Robot", R"({"type":"object","required":[)" + required + R"(],"properties":{)" + fields + "}}"},
        page_schema("RobotList", "Robot"),
        {"ShownRobot", R"({"type":"object","required":[)" + required + R"(,"secret"],"properties":{)" + fields +
                           R"(,"secret":{"type":"string"}}})"},
        {"NewRobot", R"({"type":"object","required":["name","scopes"],"properties":{
"name":{"type":"string","maxLength":128,"description":"What follows robot$ or robot$PROJECT+"},)" +
                         settings + "}}"},
        {"RobotSettings", R"({"type":"object","required":["scopes"],"properties":{)" + settings + "}}"},
        {"RobotSecret", R"({"type":"object","required":["secret"],"properties":{"secret":{"type":"string"}}})"},
    };
}

} // namespace cang::api::v1
