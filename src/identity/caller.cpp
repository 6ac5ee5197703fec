#include "identity/caller.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace cang::identity {

namespace {

namespace json = boost::json;

std::unexpected<ParseError> wrong(std::string reason) { return std::unexpected(ParseError{std::move(reason), 0}); }

std::expected<Scope, ParseError> parse_scope(const json::value& value) {
    const auto* object = value.if_object();
    const auto* project = object ? object->if_contains("project") : nullptr;
    const auto* permissions = object ? object->if_contains("permissions") : nullptr;
    if (!project || !project->is_string() || project->get_string().empty() || !permissions || !permissions->is_array())
        return wrong("a scope has a project (or \"*\") and permissions");
    Scope scope{.project = std::string(project->get_string()), .repository = {}, .permissions = {}};
    for (const auto& permission : permissions->get_array()) {
        if (!permission.is_string() || !find_permission(permission.get_string()))
            return wrong("there is no permission " + json::serialize(permission));
        scope.permissions.emplace_back(permission.get_string());
    }
    if (scope.permissions.empty())
        return wrong("a scope has at least one permission");
    return scope;
}

} // namespace

std::string to_json(const Scopes& scopes) {
    json::array array;
    for (const auto& scope : scopes) {
        json::array permissions;
        for (const auto& permission : scope.permissions)
            permissions.emplace_back(permission);
        array.push_back(json::object{{"project", scope.project}, {"permissions", std::move(permissions)}});
    }
    return json::serialize(array);
}

std::expected<Scopes, ParseError> parse_scopes(std::string_view text) {
    Scopes scopes;
    if (text.empty())
        return scopes;
    boost::system::error_code failure;
    auto document = json::parse(text, failure);
    if (failure || !document.is_array() || document.get_array().size() > kMaxScopes)
        return wrong("scopes are a list of at most 64");
    for (const auto& value : document.get_array()) {
        auto scope = parse_scope(value);
        if (!scope)
            return std::unexpected(scope.error());
        scopes.push_back(std::move(*scope));
    }
    return scopes;
}

std::string_view project_of(std::string_view repository) { return repository.substr(0, repository.find('/')); }

bool covers(const Scopes& scopes, const Permission& permission, std::string_view resource) {
    auto on_resource = [&](const Scope& scope) {
        if (!permission.of_project() || scope.project == "*")
            return true;
        return scope.project.empty() ? scope.repository == resource : scope.project == project_of(resource);
    };
    return std::ranges::any_of(scopes, [&](const Scope& scope) {
        return on_resource(scope) && std::ranges::find(scope.permissions, permission.name) != scope.permissions.end();
    });
}

CallerPtr caller_ptr(const http::Request& request) {
    static const CallerPtr anonymous = std::make_shared<Caller>();
    auto caller = std::static_pointer_cast<const Caller>(request.principal.caller);
    return caller ? caller : anonymous;
}

const Caller& caller_of(const http::Request& request) { return *caller_ptr(request); }

void set_caller(http::Request& request, CallerPtr caller) {
    request.principal.name = caller->name;
    request.principal.admin = caller->admin;
    request.principal.caller = std::move(caller);
}

Actor actor_of(const http::Request& request) {
    const auto& caller = caller_of(request);
    return {.name = caller.name.empty() ? "anonymous" : caller.name,
            .via = caller.via,
            .address = request.remote_address,
            .request_id = request.request_id};
}

} // namespace cang::identity
