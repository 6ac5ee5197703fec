#include "api/oapis/token_routes.hpp"

#include "http/form.hpp"

#include <boost/json/serialize.hpp>

namespace cang::api::oapis {

namespace {

namespace json = boost::json;

constexpr std::size_t kMaxForm = 64 * 1024;
constexpr std::chrono::hours kAccessLife{24};
constexpr std::chrono::hours kRefreshLife{168};

http::Response oauth_error(int status, std::string_view error, std::string_view description) {
    auto response = http::json_response(
        status, json::serialize(json::object{{"error", error}, {"error_description", description}}));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

http::Response token_response(const registry::auth::AccessControl::OAuthTokens& tokens) {
    json::object document{{"access_token", tokens.access},
                          {"token_type", "Bearer"},
                          {"expires_in", tokens.expires_in.count()},
                          {"refresh_token", tokens.refresh}};
    auto response = http::json_response(200, json::serialize(document));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

awaitable<http::Response> post_token(TokenContext& context, http::Request& request) {
    auto body = co_await io::read_all(*request.body, kMaxForm);
    auto form = http::parse_form(body);
    auto grant = http::form_value(form, "grant_type");
    std::optional<registry::auth::AccessControl::OAuthTokens> tokens;
    if (grant == "password") {
        registry::auth::BasicCredentials credentials{.user = http::form_value(form, "username"),
                                                     .password = Secret(http::form_value(form, "password"))};
        tokens = co_await context.access.open_oauth(request, std::move(credentials), kAccessLife, kRefreshLife);
    } else if (grant == "refresh_token") {
        auto token = http::form_value(form, "refresh_token");
        tokens = co_await context.access.refresh_oauth(std::move(token), kAccessLife);
    } else {
        co_return oauth_error(400, "unsupported_grant_type", "the grant type is neither password nor refresh_token");
    }
    if (!tokens)
        co_return oauth_error(401, "invalid_grant", "the credentials are wrong or no longer valid");
    co_return token_response(*tokens);
}

awaitable<http::Response> get_userinfo(TokenContext& context, http::Request& request) {
    const auto& caller = identity::caller_of(request);
    if (caller.user_id.empty())
        co_return oauth_error(401, "invalid_token", "sign in first");
    auto user = co_await context.identity.users.get(caller.user_id);
    json::object document{{"sub", user.id},
                          {"username", user.name},
                          {"preferred_username", user.name},
                          {"name", user.display_name},
                          {"email", user.email},
                          {"roles", json::array{user.admin ? "image-admin" : "user"}}};
    auto response = http::json_response(200, json::serialize(document));
    response.headers.set("Cache-Control", "no-store");
    co_return response;
}

} // namespace

std::vector<http::Route> token_routes(TokenContext& context) {
    auto post = [&context](http::Request& request) { return post_token(context, request); };
    auto get = [&context](http::Request& request) { return get_userinfo(context, request); };
    return {
        {http::Method::post, "/oauth/token", "oapis.token", "public", post, kMaxForm},
        {http::Method::get, "/oauth/userinfo", "oapis.userinfo", "account.self", get},
    };
}

} // namespace cang::api::oapis
