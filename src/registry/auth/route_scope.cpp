#include "registry/auth/route_scope.hpp"

#include <algorithm>

namespace cang::registry::auth {

namespace {

struct Row {
    std::string_view action;
    std::string_view permission;
};
constexpr Row kRows[] = {{"pull", "image.pull"}, {"push", "image.push"}, {"delete", "image.delete"}};

} // namespace

std::string_view action_of(std::string_view permission) noexcept {
    const auto* row = std::ranges::find(kRows, permission, &Row::permission);
    return row == std::end(kRows) ? std::string_view() : row->action;
}

std::string_view permission_of(std::string_view action) noexcept {
    const auto* row = std::ranges::find(kRows, action, &Row::action);
    return row == std::end(kRows) ? std::string_view() : row->permission;
}

std::string resource_of(const http::Request& request) {
    for (const auto& [name, value] : request.parameters)
        if (name == "name" || name == "project")
            return value;
    return {};
}

std::optional<Scope> needed_scope(const http::Request& request, const http::Route& route) {
    if (route.permission == "catalog.list")
        return Scope{.type = "registry", .name = "catalog", .actions = {"*"}};
    auto action = action_of(route.permission);
    if (action.empty())
        return std::nullopt;
    Scope scope{.type = "repository", .name = resource_of(request), .actions = {std::string(action)}};
    // Clients that push look at what is there, and ask for both at once.
    if (action == "push")
        scope.actions.insert(scope.actions.begin(), "pull");
    return scope;
}

identity::Scopes to_identity(const std::vector<Scope>& scopes) {
    identity::Scopes result;
    for (const auto& scope : scopes) {
        identity::Scope one{.project = {}, .repository = scope.name, .permissions = {}};
        if (scope.type == "registry" && scope.name == "catalog")
            one.permissions.emplace_back("catalog.list");
        for (const auto& action : scope.actions)
            if (auto permission = permission_of(action); scope.type == "repository" && !permission.empty())
                one.permissions.emplace_back(permission);
        result.push_back(std::move(one));
    }
    return result;
}

} // namespace cang::registry::auth
