#include "registry/auth/access.hpp"

#include "registry/error_body.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::registry::auth {

namespace {

// The scope that a route asks of a token; nullopt for /v2/ itself, where any valid token will do.
std::optional<Scope> needed_scope(const http::Request& request, const http::Route& route) {
    auto found = std::ranges::find(request.parameters, "name", [](const auto& item) { return item.first; });
    if (found == request.parameters.end()) {
        if (!route.pattern.starts_with("/v2/_catalog"))
            return std::nullopt;
        return Scope{.type = "registry", .name = "catalog", .actions = {"*"}};
    }
    Scope scope{.type = "repository", .name = found->second, .actions = {}};
    if (route.access == http::Access::reader)
        scope.actions = {"pull"};
    else if (route.access == http::Access::writer)
        scope.actions = {"pull", "push"};
    else
        scope.actions = {"delete"};
    return scope;
}

bool is_registry_path(const http::Request& request) { return request.path.starts_with("/v2"); }

} // namespace

std::string_view to_string(Mode mode) {
    switch (mode) {
    case Mode::token: return "token";
    case Mode::basic: return "basic";
    case Mode::none: return "none";
    }
    return "";
}

AccessControl::AccessControl(AccessOptions options, Account* account, TokenSigner& signer, const Clock& clock,
                             async::BlockingPool& pool)
    : options_(std::move(options)), account_(account), signer_(signer), pool_(pool), limiter_(clock) {}

awaitable<std::optional<http::Response>> AccessControl::authorize(http::Request& request, const http::Route& route) {
    std::optional<http::Response> refusal;
    if (is_registry_path(request))
        refusal = co_await authorize_registry(request, route);
    else
        refusal = co_await authorize_person(request, route);
    co_return refusal;
}

awaitable<std::optional<http::Response>> AccessControl::authorize_registry(http::Request& request,
                                                                           const http::Route& route) {
    if (options_.mode == Mode::none) {
        request.principal.admin = true;
        co_return std::nullopt;
    }
    if (route.access == http::Access::anonymous)
        co_return std::nullopt;
    auto credentials = parse_authorization(request.header("Authorization"));
    if (auto* basic = std::get_if<BasicCredentials>(&credentials))
        co_return co_await check_basic(request, std::move(*basic));
    if (auto* bearer = std::get_if<BearerCredentials>(&credentials))
        co_return check_bearer(request, route, *bearer);
    if (std::holds_alternative<NoCredentials>(credentials) && allowed_to_all(route))
        co_return std::nullopt;
    co_return refuse(request, &route, "");
}

awaitable<bool> AccessControl::sign_in(const http::Request& request, BasicCredentials credentials) {
    if (auto delay = limiter_.blocked(request.remote_address)) {
        Error error(ErrorKind::rate_limited, "too many failed sign-ins from this address");
        throw error.with_retry_after(*delay);
    }
    if (account_->remembers(credentials.user, credentials.password))
        co_return true;
    auto work = [this, &credentials] { return account_->verify(credentials.user, credentials.password); };
    auto right = co_await async::run_blocking(pool_, work);
    if (!right)
        limiter_.add_failure(request.remote_address);
    co_return right;
}

awaitable<std::optional<http::Response>> AccessControl::check_basic(http::Request& request,
                                                                    BasicCredentials credentials) {
    auto right = co_await sign_in(request, std::move(credentials));
    if (!right)
        co_return refuse(request, nullptr, "the user name or the password is wrong");
    request.principal = {.name = std::string(Account::name), .admin = true};
    co_return std::nullopt;
}

std::optional<http::Response> AccessControl::check_bearer(http::Request& request, const http::Route& route,
                                                          const BearerCredentials& credentials) const {
    auto claims =
        options_.mode == Mode::token ? signer_.verify(credentials.token.reveal(), TokenUse::access) : std::nullopt;
    if (!claims)
        return refuse(request, &route, "invalid_token");
    request.principal.name = claims->subject;
    auto needed = needed_scope(request, route);
    if (needed && !covers(claims->scopes, *needed))
        return refuse(request, &route, "insufficient_scope");
    return std::nullopt;
}

bool AccessControl::allowed_to_all(const http::Route& route) const {
    // At /v2/ clients learn that they may sign in, and anonymous ones fetch an anonymous token.
    if (route.pattern == "/v2/" || route.pattern == "/v2")
        return false;
    if (route.access == http::Access::reader)
        return options_.anonymous != Anonymous::none;
    return route.access == http::Access::writer && options_.anonymous == Anonymous::push;
}

std::vector<Scope> AccessControl::grant(std::vector<Scope> asked, bool admin) const {
    if (admin || options_.mode == Mode::none)
        return asked;
    auto refused = [this](const std::string& action) {
        return action != "pull" && !(action == "push" && options_.anonymous == Anonymous::push);
    };
    std::vector<Scope> granted;
    for (auto& scope : asked) {
        if (options_.anonymous == Anonymous::none)
            break;
        if (scope.type == "repository")
            std::erase_if(scope.actions, refused);
        if (!scope.actions.empty())
            granted.push_back(std::move(scope));
    }
    return granted;
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
