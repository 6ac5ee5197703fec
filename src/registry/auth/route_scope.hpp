// How permissions are called in the distribution token protocol.
#pragma once

#include "http/router.hpp"
#include "identity/caller.hpp"
#include "registry/auth/scope.hpp"

namespace cang::registry::auth {

// "pull", "push", "delete"; empty for a permission that is about no repository.
std::string_view action_of(std::string_view permission) noexcept;
std::string_view permission_of(std::string_view action) noexcept; // empty for an unknown one
// The repository or project that a route is about: its parameter "name" or "project"; empty: none.
std::string resource_of(const http::Request& request);
// The scope that a route asks of a token; nullopt for /v2/ itself, where any valid token will do.
std::optional<Scope> needed_scope(const http::Request& request, const http::Route& route);
identity::Scopes to_identity(const std::vector<Scope>& scopes);

} // namespace cang::registry::auth
