// The token endpoint (distribution "Token Authentication Specification" and "Oauth2 Token Authentication").

#include "http/form.hpp"
#include "registry/auth/access.hpp"
#include "registry/auth/route_scope.hpp"

#include "registry/error_body.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/ranges.h>

namespace cang::registry::auth {

namespace {

constexpr std::size_t kMaxFormBytes = 64 * 1024;

http::Response oauth_error(int status, std::string_view error, std::string_view description) {
    boost::json::object document{{"error", error}, {"error_description", description}};
    return http::json_response(status, boost::json::serialize(document));
}

} // namespace

awaitable<AccessControl::Grant> AccessControl::grant(identity::CallerPtr caller, std::vector<Scope> asked) {
    Grant result;
    for (auto& scope : asked) {
        Scope granted{.type = scope.type, .name = scope.name, .actions = {}};
        Scope refused = granted;
        if (scope.actions == std::vector<std::string>{"*"} && scope.type == "repository")
            scope.actions = {"pull", "push", "delete"};
        for (auto& action : scope.actions) {
            auto permission = scope.type == "repository" ? permission_of(action)
                              : scope.name == "catalog"  ? std::string_view("catalog.list")
                                                         : std::string_view();
            bool allowed = false;
            if (!permission.empty())
                allowed = co_await identity_.guard.may(caller, permission, scope.name);
            auto& list = allowed ? granted.actions : refused.actions;
            list.push_back(std::move(action));
        }
        if (!granted.actions.empty())
            result.granted.push_back(std::move(granted));
        if (!refused.actions.empty())
            result.refused.push_back(std::move(refused));
    }
    co_return result;
}

awaitable<http::Response> AccessControl::token_response(identity::CallerPtr caller, std::vector<Scope> asked,
                                                        bool with_refresh) {
    auto result = co_await grant(caller, std::move(asked));
    TokenClaims claims{.use = TokenUse::access, .subject = caller->name};
    claims.credential = caller->credential;
    claims.stamp = caller->stamp;
    claims.admin = caller->admin && !caller->scopes;
    claims.scopes = std::move(result.granted);
    claims.refused = std::move(result.refused);
    auto token = signer_.sign(claims);
    std::vector<std::string> granted;
    for (const auto& scope : claims.scopes)
        granted.push_back(to_string(scope));
    boost::json::object document{{"token", token},
                                 {"access_token", token},
                                 {"expires_in", TokenSigner::access_life.count()},
                                 {"issued_at", to_rfc3339(signer_.now())},
                                 {"scope", fmt::format("{}", fmt::join(granted, " "))}};
    if (with_refresh) {
        TokenClaims refresh{.use = TokenUse::refresh, .subject = caller->name, .epoch = std::to_string(caller->epoch)};
        document["refresh_token"] = signer_.sign(refresh);
    }
    auto response = http::json_response(200, boost::json::serialize(document));
    response.headers.set("Cache-Control", "no-store");
    co_return response;
}

awaitable<http::Response> AccessControl::get_token(http::Request& request) {
    auto asked = parse_scopes(request.query_values("scope"));
    auto credentials = parse_authorization(request.header("Authorization"));
    if (std::holds_alternative<NoCredentials>(credentials))
        co_return co_await token_response(identity::caller_ptr(request), std::move(asked), false);
    auto* basic = std::get_if<BasicCredentials>(&credentials);
    if (!basic)
        co_return refuse(request, nullptr, "the credentials are not readable");
    auto given = attempt(request, std::move(basic->user), std::move(basic->password));
    auto caller = co_await identity_.authenticator.sign_in(std::move(given));
    if (!caller)
        co_return refuse(request, nullptr, "the user name or the password is wrong");
    set_caller(request, caller);
    co_return co_await token_response(std::move(caller), std::move(asked), false);
}

awaitable<identity::CallerPtr> AccessControl::refresh(std::string token) {
    auto claims = signer_.verify(token, TokenUse::refresh);
    if (!claims)
        co_return nullptr;
    auto user = co_await identity_.users.find_by_name(claims->subject);
    if (!user || user->disabled || claims->epoch != std::to_string(user->epoch))
        co_return nullptr;
    auto caller = std::make_shared<identity::Caller>(identity::caller_for(*user));
    caller->via = "refresh token";
    co_return caller;
}

awaitable<http::Response> AccessControl::post_token(http::Request& request) {
    auto body = co_await io::read_all(*request.body, kMaxFormBytes);
    auto form = http::parse_form(body);
    auto asked = parse_scopes(http::form_values(form, "scope"));
    auto grant_type = http::form_value(form, "grant_type");
    identity::CallerPtr caller;
    if (grant_type == "password") {
        auto given = attempt(request, http::form_value(form, "username"), Secret(http::form_value(form, "password")));
        caller = co_await identity_.authenticator.sign_in(std::move(given));
    } else if (grant_type == "refresh_token") {
        caller = co_await refresh(http::form_value(form, "refresh_token"));
    } else {
        co_return oauth_error(400, "unsupported_grant_type", "the grant type is neither password nor refresh_token");
    }
    if (!caller)
        co_return oauth_error(401, "invalid_grant", "the credentials are wrong or no longer valid");
    set_caller(request, caller);
    // A refresh token speaks for a person as a whole: a robot or a token with scopes gets none.
    auto offline = grant_type == "refresh_token" || http::form_value(form, "access_type") == "offline";
    auto whole =
        caller->kind == identity::Caller::Kind::user && !caller->scopes && caller->credential.starts_with("user:");
    co_return co_await token_response(std::move(caller), std::move(asked), offline && whole);
}

std::vector<http::Route> AccessControl::token_routes() {
    if (options_.mode != Mode::token)
        return {};
    auto get_handler = [this](http::Request& request) { return get_token(request); };
    auto post_handler = [this](http::Request& request) { return post_token(request); };
    return {
        {http::Method::get, "/v2/token", "registry.token.get", "public", get_handler},
        {http::Method::post, "/v2/token", "registry.token.post", "public", post_handler, kMaxFormBytes},
    };
}

} // namespace cang::registry::auth
