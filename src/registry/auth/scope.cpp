#include "registry/auth/scope.hpp"

#include "base/oci/reference.hpp"

#include <algorithm>
#include <fmt/ranges.h>

namespace cang::registry::auth {

namespace {

constexpr std::string_view kActions[] = {"pull", "push", "delete", "*"};

bool is_valid_resource(const Scope& scope) {
    if (scope.type == "repository")
        return oci::is_valid_repository(scope.name);
    return scope.type == "registry" && scope.name == "catalog";
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        auto end = text.find(separator);
        if (end != 0)
            parts.push_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return parts;
}

bool allows(const Scope& granted, const std::string& action) {
    return std::ranges::find(granted.actions, action) != granted.actions.end() ||
           std::ranges::find(granted.actions, "*") != granted.actions.end();
}

} // namespace

std::optional<Scope> parse_scope(std::string_view text) {
    auto first = text.find(':');
    auto last = text.rfind(':');
    if (first == std::string_view::npos || last == first)
        return std::nullopt;
    Scope scope{.type = std::string(text.substr(0, first)),
                .name = std::string(text.substr(first + 1, last - first - 1)),
                .actions = {}};
    if (!is_valid_resource(scope))
        return std::nullopt;
    for (auto action : split(text.substr(last + 1), ','))
        if (std::ranges::find(kActions, action) != std::end(kActions) && !allows(scope, std::string(action)))
            scope.actions.emplace_back(action);
    if (scope.actions.empty())
        return std::nullopt;
    return scope;
}

std::vector<Scope> parse_scopes(const std::vector<std::string>& values) {
    std::vector<Scope> scopes;
    for (const auto& value : values)
        for (auto part : split(value, ' '))
            if (auto scope = parse_scope(part); scope && scopes.size() < kMaxScopes)
                scopes.push_back(std::move(*scope));
    return scopes;
}

std::string to_string(const Scope& scope) {
    return fmt::format("{}:{}:{}", scope.type, scope.name, fmt::join(scope.actions, ","));
}

bool covers(const std::vector<Scope>& granted, const Scope& needed) {
    return std::ranges::all_of(needed.actions, [&](const std::string& action) {
        return std::ranges::any_of(granted, [&](const Scope& scope) {
            return scope.type == needed.type && scope.name == needed.name && allows(scope, action);
        });
    });
}

} // namespace cang::registry::auth
