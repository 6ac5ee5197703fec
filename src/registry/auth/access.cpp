#include "registry/auth/access.hpp"

#include "http/problem.hpp"
#include "registry/auth/route_scope.hpp"
#include "registry/error_body.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::registry::auth {

namespace {

bool is_registry_path(const http::Request& request) { return request.path.starts_with("/v2"); }

http::Response deny(std::string_view message) {
    auto response = error_response(403, "DENIED", message);
    response.headers.set("Docker-Distribution-Api-Version", "registry/2.0");
    return response;
}

bool share_an_action(const std::vector<Scope>& refused, const Scope& needed) {
    return std::ranges::any_of(refused, [&needed](const Scope& scope) {
        return scope.type == needed.type && scope.name == needed.name &&
               std::ranges::find_first_of(scope.actions, needed.actions) != scope.actions.end();
    });
}

// Who a registry token speaks for.
identity::CallerPtr caller_of_claims(const TokenClaims& claims) {
    auto caller = std::make_shared<identity::Caller>();
    if (!claims.subject.empty())
        caller->kind =
            claims.credential.starts_with("robot:") ? identity::Caller::Kind::robot : identity::Caller::Kind::user;
    caller->name = claims.subject;
    caller->admin = claims.admin;
    caller->via = "registry token";
    caller->credential = claims.credential;
    caller->stamp = claims.stamp;
    caller->scopes = to_identity(claims.scopes);
    caller->by_scopes_only = true;
    return caller;
}

} // namespace

std::string_view to_string(Mode mode) {
    switch (mode) {
    case Mode::token: return "token";
    case Mode::basic: return "basic";
    case Mode::none: return "none";
    }
    return "";
}

AccessControl::AccessControl(AccessOptions options, identity::Identity& identity, TokenSigner& signer)
    : options_(std::move(options)), identity_(identity), signer_(signer) {}

awaitable<AccessControl::Refusal> AccessControl::authorize(http::Request& request, const http::Route& route) {
    Refusal refusal;
    if (is_registry_path(request))
        refusal = co_await authorize_registry(request, route);
    else
        refusal = co_await authorize_person(request, route);
    co_return refusal;
}

identity::Attempt AccessControl::attempt(const http::Request& request, std::string user, Secret secret) const {
    return {.user = std::move(user),
            .secret = std::move(secret),
            .address = request.remote_address,
            .request_id = request.request_id};
}

awaitable<AccessControl::Refusal> AccessControl::authorize_registry(http::Request& request, const http::Route& route) {
    if (route.permission == "public")
        co_return std::nullopt;
    if (options_.mode == Mode::none) {
        identity::Caller everybody{.admin = true};
        set_caller(request, std::make_shared<const identity::Caller>(std::move(everybody)));
        co_await prepare_push(request, route);
        co_return std::nullopt;
    }
    auto credentials = parse_authorization(request.header("Authorization"));
    if (auto* basic = std::get_if<BasicCredentials>(&credentials))
        co_return co_await check_basic(request, route, std::move(*basic));
    if (auto* bearer = std::get_if<BearerCredentials>(&credentials))
        co_return co_await check_bearer(request, route, std::move(*bearer));
    // At /v2/ clients learn that they may sign in, and anonymous ones fetch an anonymous token.
    if (!std::holds_alternative<NoCredentials>(credentials) || route.permission == "registry.sign-in")
        co_return refuse(request, &route, "");
    auto nobody = identity::caller_ptr(request);
    auto allowed = co_await identity_.guard.may(nobody, route.permission, resource_of(request));
    if (!allowed)
        co_return refuse(request, &route, "");
    co_await prepare_push(request, route);
    co_return std::nullopt;
}

awaitable<void> AccessControl::prepare_push(http::Request& request, const http::Route& route) {
    if (route.permission != "image.push")
        co_return;
    auto caller = identity::caller_ptr(request);
    auto actor = identity::actor_of(request);
    co_await identity_.guard.ensure_project(std::move(caller), resource_of(request), std::move(actor));
}

awaitable<AccessControl::Refusal> AccessControl::check_caller(http::Request& request, const http::Route& route,
                                                              identity::CallerPtr caller) {
    set_caller(request, caller);
    auto resource = resource_of(request);
    auto allowed = co_await identity_.guard.may(caller, route.permission, resource);
    if (!allowed) {
        auto error = identity::Guard::refusal(*caller, identity::get_permission(route.permission), resource);
        co_await record_denied(request, route, error.message());
        co_return deny(error.message());
    }
    co_await prepare_push(request, route);
    co_return std::nullopt;
}

awaitable<AccessControl::Refusal> AccessControl::check_basic(http::Request& request, const http::Route& route,
                                                             BasicCredentials credentials) {
    auto given = attempt(request, std::move(credentials.user), std::move(credentials.password));
    auto caller = co_await identity_.authenticator.sign_in(std::move(given));
    if (!caller)
        co_return refuse(request, nullptr, "the user name or the password is wrong");
    co_return co_await check_caller(request, route, std::move(caller));
}

awaitable<AccessControl::Refusal> AccessControl::check_bearer(http::Request& request, const http::Route& route,
                                                              BearerCredentials credentials) {
    if (identity::Authenticator::is_secret(credentials.token.reveal())) {
        auto caller = co_await identity_.authenticator.find_bearer(attempt(request, "", std::move(credentials.token)));
        if (!caller)
            co_return refuse(request, &route, "invalid_token");
        co_return co_await check_caller(request, route, std::move(caller));
    }
    auto claims =
        options_.mode == Mode::token ? signer_.verify(credentials.token.reveal(), TokenUse::access) : std::nullopt;
    if (!claims)
        co_return refuse(request, &route, "invalid_token");
    co_return co_await check_token(request, route, std::move(*claims));
}

awaitable<bool> AccessControl::is_current(const TokenClaims& claims) const {
    if (claims.credential.empty() || identity_.stamps.is_current(claims.credential, claims.stamp))
        co_return true;
    auto stamp = co_await identity_.stamps.current(claims.credential);
    co_return stamp && *stamp == claims.stamp;
}

awaitable<AccessControl::Refusal> AccessControl::check_token(http::Request& request, const http::Route& route,
                                                             TokenClaims claims) {
    auto current = co_await is_current(claims);
    if (!current)
        co_return refuse(request, &route, "invalid_token");
    set_caller(request, caller_of_claims(claims));
    auto needed = needed_scope(request, route);
    // Clients ask for pull with every push, and whoever may only push gets nothing else.
    if (needed && route.permission == "image.push")
        std::erase(needed->actions, "pull");
    if (!needed || covers(claims.scopes, *needed)) {
        co_await prepare_push(request, route);
        co_return std::nullopt;
    }
    if (!share_an_action(claims.refused, *needed))
        co_return refuse(request, &route, "insufficient_scope");
    // It was asked for and not given: another token would not help.
    auto message = fmt::format("{} lacks the permission {} on {}",
                               claims.subject.empty() ? std::string("who is not signed in") : claims.subject,
                               route.permission, needed->name);
    co_await record_denied(request, route, message);
    co_return claims.subject.empty() ? refuse(request, nullptr, "sign in to do this") : deny(message);
}

awaitable<void> AccessControl::record_denied(const http::Request& request, const http::Route& route,
                                             std::string message) {
    if (request.method == http::Method::get || request.method == http::Method::head)
        co_return;
    auto resource = resource_of(request);
    auto project = std::string(identity::project_of(resource));
    store::AuditRow event{.at = {},
                          .actor = identity::actor_of(request),
                          .action = route.name,
                          .resource = std::move(resource),
                          .project = std::move(project),
                          .result = "denied",
                          .message = std::move(message)};
    co_await identity_.audit.append(std::move(event));
}

// `problem` is an error word of RFC 6750 §3.1, or a sentence for people.
http::Response AccessControl::refuse(const http::Request& request, const http::Route* route,
                                     std::string_view problem) const {
    auto is_word = problem == "invalid_token" || problem == "insufficient_scope";
    auto message = problem.empty() ? "sign in to do this"
                   : is_word       ? "the token does not allow this; fetch one with the scope that the challenge names"
                                   : problem;
    auto response = error_response(401, "UNAUTHORIZED", message);
    response.headers.set("Docker-Distribution-Api-Version", "registry/2.0");
    if (options_.mode != Mode::token || route == nullptr) {
        response.headers.set("WWW-Authenticate", "Basic realm=\"cang\"");
        return response;
    }
    auto base =
        options_.external_url.empty() ? fmt::format("{}://{}", request.scheme, request.host) : options_.external_url;
    auto challenge = fmt::format("Bearer realm=\"{}/v2/token\",service=\"cang\"", base);
    if (auto needed = needed_scope(request, *route))
        challenge += fmt::format(",scope=\"{}\"", to_string(*needed));
    if (is_word)
        challenge += fmt::format(",error=\"{}\"", problem);
    response.headers.set("WWW-Authenticate", std::move(challenge));
    return response;
}

} // namespace cang::registry::auth
