// One's own account: names, password, sessions, personal tokens.

#include "api/v1/input.hpp"
#include "api/v1/person.hpp"

namespace cang::api::v1 {

namespace {

namespace json = boost::json;

// Robots, and everybody where nobody signs in, have no account.
const identity::Caller& require_person(const http::Request& request) {
    const auto& caller = identity::caller_of(request);
    if (caller.kind != identity::Caller::Kind::user || caller.user == 0)
        throw Error(ErrorKind::permission_denied, "only people who are signed in have an account");
    return caller;
}

// What could make a stolen token last, only the person may do.
const identity::Caller& require_whole_person(const http::Request& request) {
    const auto& caller = require_person(request);
    if (caller.scopes)
        throw Error(ErrorKind::permission_denied, "a token with scopes may not change the account it belongs to");
    return caller;
}

awaitable<http::Response> reply_account(Context& context, identity::User user) {
    auto memberships = co_await context.identity.users.memberships(user.row);
    auto document = document_of(user, memberships.size());
    json::array items;
    for (const auto& [project, role] : memberships)
        items.push_back(json::object{{"project", project}, {"role", role}});
    document["memberships"] = std::move(items);
    co_return json_reply(200, document);
}

awaitable<http::Response> get_account(Context& context, http::Request& request) {
    auto user = co_await context.identity.users.get(require_person(request).user_id);
    co_return co_await reply_account(context, std::move(user));
}

awaitable<http::Response> put_account(Context& context, http::Request& request) {
    auto id = require_whole_person(request).user_id;
    auto body = co_await read_json(request);
    identity::UserSettings settings;
    read_fields(body, [&settings](const oci::JsonScope& fields) {
        settings.display_name = fields.text("displayName");
        settings.email = fields.text("email");
    });
    auto user = co_await context.identity.users.update(id, std::move(settings), identity::actor_of(request));
    co_return co_await reply_account(context, std::move(user));
}

awaitable<http::Response> put_password(Context& context, http::Request& request) {
    const auto& caller = require_whole_person(request);
    auto body = co_await read_json(request);
    Secret old_password;
    Secret new_password;
    read_fields(body, [&](const oci::JsonScope& fields) {
        old_password = Secret(fields.required_text("oldPassword"));
        new_password = Secret(fields.required_text("newPassword"));
    });
    identity::Attempt attempt{.user = caller.name,
                              .secret = std::move(old_password),
                              .address = request.remote_address,
                              .request_id = request.request_id};
    auto proved = co_await context.identity.authenticator.sign_in(std::move(attempt));
    if (!proved || proved->via != "password")
        throw Error(ErrorKind::invalid_argument, "oldPassword: is wrong");
    co_await context.identity.users.set_password(caller.user_id, std::move(new_password), caller.session,
                                                 identity::actor_of(request));
    co_return no_content();
}

awaitable<http::Response> list_sessions(Context& context, http::Request& request) {
    const auto& caller = require_person(request);
    auto sessions = co_await context.identity.sessions.list(caller.user);
    json::array items;
    for (const auto& session : sessions)
        items.push_back(json::object{{"id", session.id},
                                     {"createdAt", to_rfc3339(session.created_at)},
                                     {"expiresAt", to_rfc3339(session.expires_at)},
                                     {"address", session.address},
                                     {"userAgent", session.user_agent},
                                     {"current", session.id == caller.session}});
    auto total = items.size();
    co_return page_reply(std::move(items), total, "");
}

awaitable<http::Response> delete_session(Context& context, http::Request& request) {
    const auto& caller = require_whole_person(request);
    auto ended =
        co_await context.identity.sessions.end(caller.user, request.parameter("id"), identity::actor_of(request));
    if (!ended)
        throw Error(ErrorKind::not_found, "there is no such session");
    co_return no_content();
}

json::object document_of(const identity::ApiToken& token) {
    json::object document{{"id", token.id},
                          {"name", token.name},
                          {"scopes", scopes_document(token.scopes)},
                          {"createdAt", to_rfc3339(token.created_at)}};
    if (token.expires_at)
        document["expiresAt"] = to_rfc3339(*token.expires_at);
    if (token.last_used_at)
        document["lastUsedAt"] = to_rfc3339(*token.last_used_at);
    return document;
}

awaitable<http::Response> list_tokens(Context& context, http::Request& request) {
    auto tokens = co_await context.identity.tokens.list(require_person(request).user);
    json::array items;
    for (const auto& token : tokens)
        items.push_back(document_of(token));
    auto total = items.size();
    co_return page_reply(std::move(items), total, "");
}

awaitable<http::Response> create_token(Context& context, http::Request& request) {
    const auto& caller = require_whole_person(request);
    auto body = co_await read_json(request);
    std::string name;
    read_fields(body, [&name](const oci::JsonScope& fields) { name = fields.required_text("name"); });
    auto scopes = scopes_field(body);
    auto expires = optional_time(body, "expiresAt");
    auto made = co_await context.identity.tokens.create(caller.user, std::move(name), std::move(scopes), expires,
                                                        identity::actor_of(request));
    auto document = document_of(made.token);
    document["token"] = made.secret.reveal();
    auto response = created_reply("/api/v1/account/tokens/" + made.token.id, document);
    response.headers.set("Cache-Control", "no-store");
    co_return response;
}

awaitable<http::Response> delete_token(Context& context, http::Request& request) {
    const auto& caller = require_whole_person(request);
    co_await context.identity.tokens.remove(caller.user, request.parameter("id"), identity::actor_of(request));
    co_return no_content();
}

} // namespace

std::vector<Endpoint> account_endpoints(Context& context) {
    using Handle = awaitable<http::Response> (*)(Context&, http::Request&);
    auto row = [&context](http::Method method, std::string path, std::string name, Handle handle) {
        auto bound = [&context, handle](http::Request& request) { return handle(context, request); };
        return http::Route{method, "/api/v1/account" + path, "api.account." + name, "account.self", bound};
    };
    using http::Method;
    constexpr auto group = "account";
    return {
        {.route = row(Method::get, "", "get", get_account),
         .summary = "Show one's own account and memberships",
         .group = group,
         .response = "Account"},
        {.route = row(Method::put, "", "put", put_account),
         .summary = "Change one's own names",
         .group = group,
         .request = "AccountSettings",
         .response = "Account"},
        {.route = row(Method::put, "/password", "password", put_password),
         .summary = "Change one's own password; all other sessions end",
         .group = group,
         .request = "PasswordChange",
         .status = 204},
        {.route = row(Method::get, "/sessions", "sessions", list_sessions),
         .summary = "List one's own sessions",
         .group = group,
         .response = "SessionList"},
        {.route = row(Method::delete_, "/sessions/{id}", "end_session", delete_session),
         .summary = "End one of one's own sessions",
         .group = group,
         .status = 204},
        {.route = row(Method::get, "/tokens", "tokens", list_tokens),
         .summary = "List one's own personal tokens",
         .group = group,
         .response = "ApiTokenList"},
        {.route = row(Method::post, "/tokens", "create_token", create_token),
         .summary = "Create a personal token; the answer alone shows it",
         .group = group,
         .request = "NewApiToken",
         .status = 201,
         .response = "ShownApiToken",
         .shows_secret = true},
        {.route = row(Method::delete_, "/tokens/{id}", "delete_token", delete_token),
         .summary = "Revoke a personal token",
         .group = group,
         .status = 204},
    };
}

std::vector<Schema> account_schemas() {
    constexpr auto token_fields = R"("id":{"type":"string"},"name":{"type":"string"},
"scopes":{"$ref":"#/components/schemas/Scopes"},"createdAt":{"type":"string","format":"date-time"},
"expiresAt":{"type":"string","format":"date-time"},"lastUsedAt":{"type":"string","format":"date-time"})";
    return {
        {"Account", R"({"allOf":[{"$ref":"#/components/schemas/User"},{"type":"object","required":["memberships"],
"properties":{"memberships":{"type":"array","items":{"type":"object","required":["project","role"],
"properties":{"project":{"type":"string"},"role":{"$ref":"#/components/schemas/Role"}}}}}}]})"},
        {"AccountSettings", R"({"type":"object","properties":{"displayName":{"type":"string","maxLength":255},
"email":{"type":"string","maxLength":255}}})"},
        {"PasswordChange", R"({"type":"object","required":["oldPassword","newPassword"],"properties":{
"oldPassword":{"type":"string"},"newPassword":{"type":"string","minLength":8,"maxLength":1024}}})"},
        {"AccountSession",
         R"({"type":"object","required":["id","createdAt","expiresAt","address","userAgent","current"],
"properties":{"id":{"type":"string"},"createdAt":{"type":"string","format":"date-time"},
"expiresAt":{"type":"string","format":"date-time"},"address":{"type":"string"},"userAgent":{"type":"string"},
"current":{"type":"boolean"}}})"},
        page_schema("SessionList", "AccountSession"),
        {"Scopes", R"({"type":"array","maxItems":64,"items":{"type":"object","required":["project","permissions"],
"properties":{"project":{"type":"string","description":"* for every one"},
"permissions":{"type":"array","minItems":1,"items":{"type":"string"}}}}})"},
        {"ApiToken", std::string(R"({"type":"object","required":["id","name","scopes","createdAt"],"properties":{)") +
                         token_fields + "}}"},
        page_schema("ApiTokenList", "ApiToken"),
        {"ShownApiToken",
         std::string(R"({"type":"object","required":["id","name","scopes","createdAt","token"],"properties":{)") +
             token_fields + R"(,"token":{"type":"string"}}})"},
        {"NewApiToken", R"({"type":"object","required":["name"],"properties":{
"name":{"type":"string","minLength":1,"maxLength":255},"expiresAt":{"type":"string","format":"date-time"},
"scopes":{"$ref":"#/components/schemas/Scopes"}}})"},
    };
}

} // namespace cang::api::v1
