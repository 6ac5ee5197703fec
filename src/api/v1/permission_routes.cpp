// The table of permissions, and which route asks for which.

#include "api/v1/routes.hpp"

namespace cang::api::v1 {

namespace {

namespace json = boost::json;
using identity::Least;

json::object document_of(const identity::Permission& permission) {
    auto at_least = [&permission](Least least) { return permission.least <= least; };
    return {{"name", permission.name},
            {"scope", permission.of_project() ? "project" : "server"},
            {"description", permission.description},
            {"anonymous", at_least(Least::everybody)},
            {"signedIn", at_least(Least::signed_in)},
            {"guest", at_least(Least::guest)},
            {"viewer", at_least(Least::viewer)},
            {"operator", at_least(Least::operator_)},
            {"projectAdmin", at_least(Least::project_admin)}};
}

awaitable<http::Response> list_permissions(http::Request&) {
    json::array items;
    for (const auto& permission : identity::permission_table())
        items.push_back(document_of(permission));
    co_return json_reply(200, json::object{{"items", std::move(items)}});
}

} // namespace

std::vector<Endpoint> permission_endpoints() {
    return {{.route = {http::Method::get, "/api/v1/permissions", "api.permissions.list", "permission.read",
                       list_permissions},
             .summary = "List the permissions and who has them; administrators of the server have all",
             .group = "permissions",
             .response = "PermissionList"}};
}

std::vector<Schema> permission_schemas() {
    return {{"PermissionList", R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{
"type":"object","required":["name","scope","description","anonymous","signedIn","guest","viewer","operator",
"projectAdmin"],"properties":{"name":{"type":"string"},"scope":{"type":"string","enum":["server","project"]},
"description":{"type":"string"},"anonymous":{"type":"boolean"},"signedIn":{"type":"boolean"},
"guest":{"type":"boolean"},"viewer":{"type":"boolean"},"operator":{"type":"boolean"},
"projectAdmin":{"type":"boolean"}}}}}})"}};
}

} // namespace cang::api::v1
