// People: administrators keep the accounts, everybody finds others by name.

#include "api/v1/input.hpp"
#include "api/v1/person.hpp"

namespace cang::api::v1 {

namespace {

namespace json = boost::json;

constexpr std::size_t kMaxFound = 20;

awaitable<http::Response> list_users(Context& context, http::Request& request) {
    auto page = name_page(request);
    identity::UserQuery query{
        .search = text_query(request, "search"), .order = page.order, .limit = page.limit, .offset = page.offset};
    auto found = co_await context.identity.users.list(std::move(query));
    json::array items;
    for (const auto& user : found.users) {
        auto projects = co_await context.identity.users.count_projects(user.row);
        items.push_back(document_of(user, projects));
    }
    auto next = page.next(items.size(), found.total);
    co_return page_reply(std::move(items), found.total, std::move(next));
}

// Who has the text as name comes first: however many have it as a part of theirs, somebody who is known by name is
// found.
awaitable<http::Response> search_users(Context& context, http::Request& request) {
    auto text = text_query(request, "text");
    auto known = co_await context.identity.users.find_by_name(text);
    identity::UserQuery query{.search = text, .limit = kMaxFound};
    auto found = co_await context.identity.users.list(std::move(query));
    if (known)
        std::erase_if(found.users, [&known](const auto& user) { return user.id == known->id; });
    if (known)
        found.users.insert(found.users.begin(), std::move(*known));
    json::array items;
    for (const auto& user : found.users)
        if (!user.disabled && items.size() < kMaxFound)
            items.push_back(json::object{{"id", user.id}, {"name", user.name}, {"displayName", user.display_name}});
    co_return json_reply(200, json::object{{"items", std::move(items)}});
}

awaitable<http::Response> create_user(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    identity::NewUser wanted;
    read_fields(body, [&wanted](const oci::JsonScope& fields) {
        wanted.name = fields.required_text("name");
        wanted.display_name = fields.text("displayName");
        wanted.email = fields.text("email");
        wanted.password = Secret(fields.required_text("password"));
        wanted.admin = fields.flag("admin");
    });
    auto user = co_await context.identity.users.create(std::move(wanted), identity::actor_of(request));
    co_return created_reply("/api/v1/users/" + user.id, document_of(user, 0));
}

awaitable<http::Response> get_user(Context& context, http::Request& request) {
    auto user = co_await context.identity.users.get(request.parameter("id"));
    auto projects = co_await context.identity.users.count_projects(user.row);
    co_return json_reply(200, document_of(user, projects));
}

awaitable<http::Response> put_user(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    identity::UserSettings settings;
    read_fields(body, [&settings](const oci::JsonScope& fields) {
        settings.display_name = fields.text("displayName");
        settings.email = fields.text("email");
    });
    settings.admin = optional_flag(body, "admin");
    settings.disabled = optional_flag(body, "disabled");
    auto& users = context.identity.users;
    auto user = co_await users.update(request.parameter("id"), std::move(settings), identity::actor_of(request));
    auto projects = co_await users.count_projects(user.row);
    co_return json_reply(200, document_of(user, projects));
}

awaitable<http::Response> put_password(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    Secret password;
    read_fields(body,
                [&password](const oci::JsonScope& fields) { password = Secret(fields.required_text("password")); });
    co_await context.identity.users.set_password(request.parameter("id"), std::move(password), "",
                                                 identity::actor_of(request));
    co_return no_content();
}

awaitable<http::Response> delete_user(Context& context, http::Request& request) {
    co_await context.identity.users.remove(request.parameter("id"), identity::actor_of(request));
    co_return no_content();
}

} // namespace

std::vector<Endpoint> user_endpoints(Context& context) {
    using Handle = awaitable<http::Response> (*)(Context&, http::Request&);
    auto row = [&context](http::Method method, std::string path, std::string name, Handle handle,
                          std::string_view permission = "user.manage") {
        auto bound = [&context, handle](http::Request& request) { return handle(context, request); };
        return http::Route{method, "/api/v1/users" + path, "api.users." + name, permission, bound};
    };
    using http::Method;
    constexpr auto group = "users";
    return {
        {.route = row(Method::get, "", "list", list_users),
         .summary = "List users",
         .group = group,
         .query = name_page_parameters(),
         .response = "UserList"},
        {.route = row(Method::get, "/-/search", "search", search_users, "user.search"),
         .summary = "Find users by a part of their names, at most 20",
         .group = group,
         .query = {{"text", R"({"type":"string"})", "A part of the name, without regard to case"}},
         .response = "FoundUsers"},
        {.route = row(Method::post, "", "create", create_user),
         .summary = "Create a user",
         .group = group,
         .request = "NewUser",
         .status = 201,
         .response = "User"},
        {.route = row(Method::get, "/{id}", "get", get_user),
         .summary = "Show a user",
         .group = group,
         .response = "User"},
        {.route = row(Method::put, "/{id}", "put", put_user),
         .summary = "Change a user: names, administrator or not, disabled or not",
         .group = group,
         .request = "UserSettings",
         .response = "User"},
        {.route = row(Method::put, "/{id}/password", "password", put_password),
         .summary = "Give a user a new password; their sessions end",
         .group = group,
         .request = "NewPassword",
         .status = 204},
        {.route = row(Method::delete_, "/{id}", "delete", delete_user),
         .summary = "Delete a user",
         .group = group,
         .status = 204},
    };
}

std::vector<Schema> user_schemas() {
    return {
        {"User", R"({"type":"object","required":["id","name","displayName","email","admin","disabled","origin",
"createdAt","updatedAt","projects"],"properties":{"id":{"type":"string"},"name":{"type":"string"},
"displayName":{"type":"string"},"email":{"type":"string"},"admin":{"type":"boolean"},"disabled":{"type":"boolean"},
"origin":{"type":"string","enum":["local","oidc"]},"createdAt":{"type":"string","format":"date-time"},
"updatedAt":{"type":"string","format":"date-time"},"lastLoginAt":{"type":"string","format":"date-time"},
"projects":{"type":"integer","description":"Of how many projects the user is a member"}}})"},
        page_schema("UserList", "User"),
        {"FoundUsers", R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{
"type":"object","required":["id","name","displayName"],"properties":{"id":{"type":"string"},
"name":{"type":"string"},"displayName":{"type":"string"}}}}}})"},
        {"NewUser", R"({"type":"object","required":["name","password"],"properties":{
"name":{"type":"string","maxLength":128},"displayName":{"type":"string","maxLength":255},
"email":{"type":"string","maxLength":255},"password":{"type":"string","minLength":8,"maxLength":1024},
"admin":{"type":"boolean","default":false}}})"},
        {"UserSettings", R"({"type":"object","properties":{"displayName":{"type":"string","maxLength":255},
"email":{"type":"string","maxLength":255},"admin":{"type":"boolean","description":"As before when absent"},
"disabled":{"type":"boolean","description":"As before when absent"}}})"},
        {"NewPassword", R"({"type":"object","required":["password"],"properties":{
"password":{"type":"string","minLength":8,"maxLength":1024}}})"},
    };
}

} // namespace cang::api::v1
