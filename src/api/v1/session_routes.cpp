// The session of whoever asks: sign in, sign out, who am I. A browser keeps its token in a cookie that no script reads.

#include "api/v1/input.hpp"
#include "api/v1/routes.hpp"

namespace cang::api::v1 {

namespace {

using registry::auth::AccessControl;
using registry::auth::TokenSigner;

http::Response private_reply(const boost::json::object& document) {
    auto response = json_reply(200, document);
    response.headers.set("Cache-Control", "no-store");
    return response;
}

boost::json::object document_of(const Context& context, const identity::Caller& caller,
                                std::optional<Timestamp> expires) {
    bool required = context.access.wants_sign_in();
    boost::json::object document{{"signedIn", caller.kind != identity::Caller::Kind::anonymous || !required},
                                 {"signInRequired", required}};
    if (context.oidc.enabled())
        document["providers"] = boost::json::array{boost::json::object{
            {"id", "oidc"}, {"name", context.oidc.options().name}, {"loginUrl", "/api/v1/oidc/login"}}};
    if (caller.kind == identity::Caller::Kind::anonymous && required)
        return document;
    document["user"] = required ? std::string_view(caller.name) : identity::Users::first_admin;
    document["admin"] = caller.admin;
    if (!caller.user_id.empty())
        document["userId"] = caller.user_id;
    if (expires)
        document["expiresAt"] = to_rfc3339(*expires);
    return document;
}

awaitable<http::Response> get_session(Context& context, http::Request& request) {
    co_return private_reply(document_of(context, identity::caller_of(request), context.access.session_end(request)));
}

awaitable<http::Response> post_session(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    registry::auth::BasicCredentials credentials;
    read_fields(body, [&credentials](const oci::JsonScope& fields) {
        credentials.user = fields.required_text("user");
        credentials.password = Secret(fields.required_text("password"));
    });
    if (!context.access.wants_sign_in())
        co_return private_reply(document_of(context, identity::caller_of(request), std::nullopt));
    auto opened = co_await context.access.open_session(request, std::move(credentials));
    if (!opened)
        throw Error(ErrorKind::unauthenticated, "the user name or the password is wrong");
    identity::set_caller(request, opened->caller);
    auto response = private_reply(document_of(context, *opened->caller, opened->expires));
    response.headers.set("Set-Cookie",
                         AccessControl::session_cookie_field(request, opened->token, TokenSigner::session_life));
    co_return response;
}

awaitable<http::Response> delete_session(Context& context, http::Request& request) {
    const auto& caller = identity::caller_of(request);
    if (!caller.session.empty())
        co_await context.identity.sessions.end(caller.user, caller.session, identity::actor_of(request));
    auto response = no_content();
    response.headers.set("Set-Cookie", AccessControl::session_cookie_field(request, "", std::chrono::seconds(0)));
    co_return response;
}

} // namespace

std::vector<Endpoint> session_endpoints(Context& context) {
    auto row = [](http::Method method, std::string name, http::Handler handle) {
        return http::Route{method, "/api/v1/session", "api.session." + name, "public", std::move(handle)};
    };
    auto get = [&context](http::Request& request) { return get_session(context, request); };
    auto post = [&context](http::Request& request) { return post_session(context, request); };
    auto end = [&context](http::Request& request) { return delete_session(context, request); };
    using http::Method;
    constexpr auto group = "session";
    return {
        {.route = row(Method::get, "get", get),
         .summary = "Tell who is signed in",
         .group = group,
         .response = "Session"},
        {.route = row(Method::post, "post", post),
         .summary = "Sign in; the answer sets the session's cookie",
         .group = group,
         .request = "Credentials",
         .response = "Session"},
        {.route = row(Method::delete_, "delete", end),
         .summary = "Sign out; the answer takes the session's cookie back",
         .group = group,
         .status = 204},
    };
}

std::vector<Schema> session_schemas() {
    return {
        {"Session", R"({"type":"object","required":["signedIn","signInRequired"],"properties":{
"signedIn":{"type":"boolean"},"user":{"type":"string"},"userId":{"type":"string"},"admin":{"type":"boolean"},
"signInRequired":{"type":"boolean","description":"False where everybody may do everything"},
"expiresAt":{"type":"string","format":"date-time"},
"providers":{"type":"array","description":"Where one can sign in besides","items":{"type":"object",
"required":["id","name","loginUrl"],"properties":{"id":{"type":"string"},"name":{"type":"string"},
"loginUrl":{"type":"string"}}}}}})"},
        {"Credentials", R"({"type":"object","required":["user","password"],"properties":{
"user":{"type":"string"},"password":{"type":"string"}}})"},
    };
}

} // namespace cang::api::v1
