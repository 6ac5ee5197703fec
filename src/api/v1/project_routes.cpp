// Projects and their members.

#include "api/v1/input.hpp"
#include "api/v1/person.hpp"

namespace cang::api::v1 {

namespace {

namespace json = boost::json;

json::object document_of(const identity::Project& project) {
    const auto& row = project.row;
    json::object document{{"name", row.name},
                          {"displayName", row.display_name},
                          {"description", row.description},
                          {"public", row.is_public},
                          {"usedBytes", project.used_bytes},
                          {"repositories", project.repositories},
                          {"createdAt", to_rfc3339(row.created_at)},
                          {"updatedAt", to_rfc3339(row.updated_at)},
                          {"createdBy", row.created_by}};
    if (project.role != identity::Role::none)
        document["role"] = identity::to_string(project.role);
    if (row.quota_bytes)
        document["quotaBytes"] = *row.quota_bytes;
    return document;
}

json::object document_of(const store::MemberRow& member) {
    return {{"userId", member.user_id},
            {"name", member.name},
            {"displayName", member.display_name},
            {"role", member.role},
            {"since", to_rfc3339(member.since)}};
}

// The quota is null for none, and stays as it is where the body does not name it.
identity::ProjectSettings settings_of(const json::object& body) {
    identity::ProjectSettings settings;
    read_fields(body, [&](const oci::JsonScope& fields) {
        settings.display_name = fields.text("displayName");
        settings.description = fields.text("description");
        settings.is_public = fields.flag("public");
        if (fields.find("quotaBytes"))
            settings.quota_bytes = fields.required_number("quotaBytes");
    });
    settings.keep_quota = !body.contains("quotaBytes");
    return settings;
}

awaitable<http::Response> list_projects(Context& context, http::Request& request) {
    auto page = name_page(request);
    identity::ProjectQuery query{
        .search = text_query(request, "search"), .order = page.order, .limit = page.limit, .offset = page.offset};
    auto found = co_await context.identity.projects.list(std::move(query), identity::caller_ptr(request));
    json::array items;
    for (const auto& project : found.projects)
        items.push_back(document_of(project));
    auto next = page.next(items.size(), found.total);
    co_return page_reply(std::move(items), found.total, std::move(next));
}

awaitable<http::Response> create_project(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    std::string name;
    read_fields(body, [&name](const oci::JsonScope& fields) { name = fields.required_text("name"); });
    auto settings = settings_of(body);
    auto project = co_await context.identity.projects.create(name, std::move(settings), identity::caller_ptr(request),
                                                             identity::actor_of(request));
    co_return created_reply("/api/v1/projects/" + name, document_of(project));
}

awaitable<http::Response> get_project(Context& context, http::Request& request) {
    auto project = co_await context.identity.projects.get(request.parameter("project"), identity::caller_ptr(request));
    co_return json_reply(200, document_of(project));
}

awaitable<http::Response> put_project(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    auto settings = settings_of(body);
    auto caller = identity::caller_ptr(request);
    if (!settings.keep_quota)
        co_await context.identity.guard.require(caller, "project.quota");
    auto project = co_await context.identity.projects.update(request.parameter("project"), std::move(settings), caller,
                                                             identity::actor_of(request));
    co_return json_reply(200, document_of(project));
}

awaitable<http::Response> delete_project(Context& context, http::Request& request) {
    co_await context.identity.projects.remove(request.parameter("project"), identity::actor_of(request));
    co_return no_content();
}

awaitable<http::Response> list_members(Context& context, http::Request& request) {
    auto members = co_await context.identity.projects.list_members(request.parameter("project"));
    json::array items;
    for (const auto& member : members)
        items.push_back(document_of(member));
    auto total = items.size();
    co_return page_reply(std::move(items), total, "");
}

awaitable<http::Response> put_member(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    std::string text;
    read_fields(body, [&text](const oci::JsonScope& fields) { text = fields.required_text("role"); });
    auto role = identity::parse_role(text);
    if (role == identity::Role::none)
        throw Error(ErrorKind::invalid_argument, "role: must be admin, operator or viewer");
    auto member = co_await context.identity.projects.put_member(request.parameter("project"), request.parameter("user"),
                                                                role, identity::actor_of(request));
    co_return json_reply(200, document_of(member));
}

awaitable<http::Response> delete_member(Context& context, http::Request& request) {
    co_await context.identity.projects.remove_member(request.parameter("project"), request.parameter("user"),
                                                     identity::actor_of(request));
    co_return no_content();
}

} // namespace

std::vector<Endpoint> project_endpoints(Context& context) {
    using Handle = awaitable<http::Response> (*)(Context&, http::Request&);
    auto row = [&context](http::Method method, std::string path, std::string name, Handle handle,
                          std::string_view permission) {
        auto bound = [&context, handle](http::Request& request) { return handle(context, request); };
        return http::Route{method, "/api/v1/projects" + path, "api.projects." + name, permission, bound};
    };
    using http::Method;
    constexpr auto group = "projects";
    return {
        {.route = row(Method::get, "", "list", list_projects, "project.list"),
         .summary = "List the projects that one may see",
         .group = group,
         .query = name_page_parameters(),
         .response = "ProjectList"},
        {.route = row(Method::post, "", "create", create_project, "project.create"),
         .summary = "Create a project",
         .group = group,
         .request = "NewProject",
         .status = 201,
         .response = "Project"},
        {.route = row(Method::get, "/{project}", "get", get_project, "project.read"),
         .summary = "Show a project, what it stores and one's role in it",
         .group = group,
         .response = "Project"},
        {.route = row(Method::put, "/{project}", "put", put_project, "project.update"),
         .summary = "Change a project: names, visibility, and, as administrator of the server, its quota",
         .group = group,
         .request = "ProjectSettings",
         .response = "Project"},
        {.route = row(Method::delete_, "/{project}", "delete", delete_project, "project.delete"),
         .summary = "Delete a project that has no repositories",
         .group = group,
         .status = 204},
        {.route = row(Method::get, "/{project}/members", "members", list_members, "member.read"),
         .summary = "List the members of a project",
         .group = group,
         .response = "MemberList"},
        {.route = row(Method::put, "/{project}/members/{user}", "put_member", put_member, "member.manage"),
         .summary = "Give a user a role in a project",
         .group = group,
         .request = "NewRole",
         .response = "Member"},
        {.route = row(Method::delete_, "/{project}/members/{user}", "delete_member", delete_member, "member.manage"),
         .summary = "Take a user's role in a project",
         .group = group,
         .status = 204},
    };
}

std::vector<Schema> project_schemas() {
    return {
        {"Role", R"({"type":"string","enum":["admin","operator","viewer","guest"]})"},
        {"Project", R"({"type":"object","required":["name","displayName","description","public","usedBytes",
"repositories","createdAt","updatedAt","createdBy"],"properties":{"name":{"type":"string"},
"displayName":{"type":"string"},"description":{"type":"string"},
"public":{"type":"boolean","description":"Everybody may pull"},
"role":{"$ref":"#/components/schemas/Role","description":"Of who asks"},
"quotaBytes":{"type":"integer","description":"Absent: none"},
"usedBytes":{"type":"integer","description":"Of what its repositories hold, each blob once"},
"repositories":{"type":"integer"},"createdAt":{"type":"string","format":"date-time"},
"updatedAt":{"type":"string","format":"date-time"},"createdBy":{"type":"string"}}})"},
        page_schema("ProjectList", "Project"),
        {"NewProject", R"({"type":"object","required":["name"],"properties":{"name":{"type":"string","maxLength":128},
"displayName":{"type":"string","maxLength":255},"description":{"type":"string","maxLength":2000},
"public":{"type":"boolean","default":false},"quotaBytes":{"type":["integer","null"],"minimum":0}}})"},
        {"ProjectSettings", R"({"type":"object","properties":{"displayName":{"type":"string","maxLength":255},
"description":{"type":"string","maxLength":2000},"public":{"type":"boolean","default":false},
"quotaBytes":{"type":["integer","null"],"minimum":0,"description":"null for none; as before when absent"}}})"},
        {"Member", R"({"type":"object","required":["userId","name","displayName","role","since"],"properties":{
"userId":{"type":"string"},"name":{"type":"string"},"displayName":{"type":"string"},
"role":{"$ref":"#/components/schemas/Role"},"since":{"type":"string","format":"date-time"}}})"},
        page_schema("MemberList", "Member"),
        {"NewRole", R"({"type":"object","required":["role"],"properties":{
"role":{"type":"string","enum":["admin","operator","viewer","image-admin","image-operator","image-viewer"]}}})"},
    };
}

} // namespace cang::api::v1
