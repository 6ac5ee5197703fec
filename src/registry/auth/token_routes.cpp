// The token endpoint (distribution "Token Authentication Specification" and "Oauth2 Token Authentication").

#include "registry/auth/access.hpp"

#include "registry/error_body.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/ranges.h>

namespace cang::registry::auth {

namespace {

constexpr std::size_t kMaxFormBytes = 64 * 1024;

using Form = std::vector<std::pair<std::string, std::string>>;

std::string decode_form(std::string_view text) {
    std::string spaced(text);
    for (auto& letter : spaced)
        letter = letter == '+' ? ' ' : letter;
    return http::percent_decode(spaced).value_or("");
}

// application/x-www-form-urlencoded
Form parse_form(std::string_view body) {
    Form form;
    while (!body.empty()) {
        auto end = body.find('&');
        auto pair = body.substr(0, end);
        body = end == std::string_view::npos ? std::string_view{} : body.substr(end + 1);
        auto equals = pair.find('=');
        auto value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
        form.emplace_back(decode_form(pair.substr(0, equals)), decode_form(value));
    }
    return form;
}

std::vector<std::string> values_of(const Form& form, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& [key, value] : form)
        if (key == name)
            values.push_back(value);
    return values;
}

std::string value_of(const Form& form, std::string_view name) {
    auto values = values_of(form, name);
    return values.empty() ? std::string() : values.front();
}

http::Response oauth_error(int status, std::string_view error, std::string_view description) {
    boost::json::object document{{"error", error}, {"error_description", description}};
    return http::json_response(status, boost::json::serialize(document));
}

} // namespace

http::Response AccessControl::token_response(const std::string& subject, const std::vector<Scope>& asked,
                                             bool with_refresh) const {
    TokenClaims claims{
        .use = TokenUse::access, .subject = subject, .epoch = {}, .scopes = grant(asked, !subject.empty())};
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
        TokenClaims refresh{.use = TokenUse::refresh, .subject = subject, .epoch = account_->epoch(), .scopes = {}};
        document["refresh_token"] = signer_.sign(refresh);
    }
    auto response = http::json_response(200, boost::json::serialize(document));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

awaitable<http::Response> AccessControl::get_token(http::Request& request) {
    auto asked = parse_scopes(request.query_values("scope"));
    auto credentials = parse_authorization(request.header("Authorization"));
    if (std::holds_alternative<NoCredentials>(credentials))
        co_return token_response("", asked, false);
    auto* basic = std::get_if<BasicCredentials>(&credentials);
    if (!basic)
        co_return refuse(request, nullptr, "the credentials are not readable");
    auto right = co_await sign_in(request, std::move(*basic));
    if (!right)
        co_return refuse(request, nullptr, "the user name or the password is wrong");
    request.principal = {.name = std::string(Account::name), .admin = true};
    co_return token_response(request.principal.name, asked, false);
}

awaitable<http::Response> AccessControl::post_token(http::Request& request) {
    auto body = co_await io::read_all(*request.body, kMaxFormBytes);
    auto form = parse_form(body);
    auto asked = parse_scopes(values_of(form, "scope"));
    auto grant_type = value_of(form, "grant_type");
    bool right = false;
    if (grant_type == "password") {
        BasicCredentials given{.user = value_of(form, "username"), .password = Secret(value_of(form, "password"))};
        right = co_await sign_in(request, std::move(given));
    } else if (grant_type == "refresh_token") {
        auto claims = signer_.verify(value_of(form, "refresh_token"), TokenUse::refresh);
        right = claims && claims->subject == Account::name && claims->epoch == account_->epoch();
    } else {
        co_return oauth_error(400, "unsupported_grant_type", "the grant type is neither password nor refresh_token");
    }
    if (!right)
        co_return oauth_error(401, "invalid_grant", "the credentials are wrong or no longer valid");
    request.principal = {.name = std::string(Account::name), .admin = true};
    auto offline = grant_type == "refresh_token" || value_of(form, "access_type") == "offline";
    co_return token_response(request.principal.name, asked, offline);
}

std::vector<http::Route> AccessControl::token_routes() {
    if (options_.mode != Mode::token)
        return {};
    auto get_handler = [this](http::Request& request) { return get_token(request); };
    auto post_handler = [this](http::Request& request) { return post_token(request); };
    return {
        {http::Method::get, "/v2/token", "registry.token.get", http::Access::anonymous, get_handler},
        {http::Method::post, "/v2/token", "registry.token.post", http::Access::anonymous, post_handler, kMaxFormBytes},
    };
}

} // namespace cang::registry::auth
