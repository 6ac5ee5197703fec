// People at our own API and its live events: their sessions, and what a browser may do on their behalf.

#include "http/cookie.hpp"
#include "http/origin.hpp"
#include "http/problem.hpp"
#include "registry/auth/access.hpp"
#include "registry/auth/route_scope.hpp"

#include <fmt/format.h>

namespace cang::registry::auth {

namespace {

// A page of another site cannot send this header without asking first, which nobody here allows.
constexpr std::string_view kOurHeader = "X-Requested-With";
constexpr std::string_view kOurHeaderValue = "cang";

bool is_live_path(const http::Request& request) { return request.path.starts_with("/socket.io/"); }

bool takes_cookie(const http::Request& request) { return request.path.starts_with("/api/") || is_live_path(request); }

bool writes(const http::Request& request) {
    return request.method != http::Method::get && request.method != http::Method::head;
}

bool has_our_header(const http::Request& request) { return request.header(kOurHeader) == kOurHeaderValue; }

std::string cookie_token(const http::Request& request) {
    for (auto header : request.headers->get_all("Cookie"))
        if (auto value = http::find_cookie(header, AccessControl::session_cookie))
            return std::string(*value);
    return {};
}

std::string_view authority_of(std::string_view url) {
    auto start = url.find("://");
    auto rest = start == std::string_view::npos ? url : url.substr(start + 3);
    return rest.substr(0, rest.find('/'));
}

http::Response forbid(std::string message) {
    return http::problem_response(Error(ErrorKind::permission_denied, std::move(message)));
}

} // namespace

std::string AccessControl::session_cookie_field(const http::Request& request, std::string_view token,
                                                std::chrono::seconds life) {
    return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}; Max-Age={}", session_cookie, token,
                       request.scheme == "https" ? "; Secure" : "", life.count());
}

std::string AccessControl::session_token(const http::Request& request) {
    auto credentials = parse_authorization(request.header("Authorization"));
    if (auto* bearer = std::get_if<BearerCredentials>(&credentials))
        return bearer->token.reveal();
    // As two of the systems have it whose clients come here.
    if (auto token = request.header("x-token"); !token.empty())
        return std::string(token);
    if (is_live_path(request))
        if (auto token = request.query_value("x-oauth-token"))
            return *token;
    bool only_cookie = std::holds_alternative<NoCredentials>(credentials);
    return only_cookie && takes_cookie(request) ? cookie_token(request) : std::string();
}

awaitable<identity::CallerPtr> AccessControl::find_session(std::string token) const {
    auto claims = signer_.verify(token, TokenUse::session);
    if (!claims)
        co_return nullptr;
    co_return co_await identity_.sessions.find(claims->session);
}

awaitable<identity::CallerPtr> AccessControl::find_again(identity::CallerPtr caller) const {
    if (!caller->session.empty())
        co_return co_await identity_.sessions.find(caller->session);
    if (caller->credential.empty())
        co_return caller;
    auto stamp = co_await identity_.stamps.current(caller->credential);
    co_return stamp && *stamp == caller->stamp ? std::move(caller) : nullptr;
}

std::optional<Timestamp> AccessControl::session_end(const http::Request& request) const {
    auto claims = signer_.verify(session_token(request), TokenUse::session);
    return claims ? std::optional(claims->expires) : std::nullopt;
}

awaitable<AccessControl::Opened> AccessControl::open(const http::Request& request, identity::User user, std::string via,
                                                     std::string kind, std::chrono::seconds life) {
    Actor actor{
        .name = user.name, .via = std::move(via), .address = request.remote_address, .request_id = request.request_id};
    auto agent = std::string(request.header("User-Agent"));
    auto session = co_await identity_.sessions.open(user, std::move(kind), life, std::move(agent), std::move(actor));
    TokenClaims claims{.use = TokenUse::session, .subject = user.name, .session = session.id};
    claims.expires = session.expires_at;
    auto caller = std::make_shared<identity::Caller>(identity::caller_for(user));
    caller->via = "session";
    caller->session = session.id;
    co_return Opened{.token = signer_.sign(claims), .expires = session.expires_at, .caller = std::move(caller)};
}

awaitable<std::optional<AccessControl::Opened>> AccessControl::open_session(const http::Request& request,
                                                                            BasicCredentials credentials,
                                                                            std::string kind,
                                                                            std::chrono::seconds life) {
    auto given = attempt(request, credentials.user, std::move(credentials.password));
    auto caller = co_await identity_.authenticator.sign_in(std::move(given));
    // Robots and tokens with a part of a person's rights have no sessions, which would have all.
    if (!caller || caller->kind != identity::Caller::Kind::user || caller->scopes)
        co_return std::nullopt;
    auto user = co_await identity_.users.get(caller->user_id);
    co_return co_await open(request, std::move(user), caller->via, std::move(kind), life);
}

awaitable<AccessControl::Opened> AccessControl::open_session_for(const http::Request& request, identity::User user,
                                                                 std::string via, std::string kind,
                                                                 std::chrono::seconds life) {
    co_return co_await open(request, std::move(user), std::move(via), std::move(kind), life);
}

AccessControl::OAuthTokens AccessControl::oauth_tokens(const std::string& user, const std::string& session,
                                                       Timestamp session_end, std::chrono::seconds access_life) const {
    TokenClaims access{.use = TokenUse::session, .subject = user, .session = session};
    access.expires = std::min(session_end, signer_.now() + access_life);
    TokenClaims refresh{.use = TokenUse::session_refresh, .subject = user, .session = session};
    refresh.expires = session_end;
    auto left = std::chrono::floor<std::chrono::seconds>(access.expires - signer_.now());
    return {.access = signer_.sign(access), .refresh = signer_.sign(refresh), .expires_in = left};
}

awaitable<std::optional<AccessControl::OAuthTokens>> AccessControl::open_oauth(const http::Request& request,
                                                                               BasicCredentials credentials,
                                                                               std::chrono::seconds access_life,
                                                                               std::chrono::seconds refresh_life) {
    auto opened = co_await open_session(request, std::move(credentials), "oauth", refresh_life);
    if (!opened)
        co_return std::nullopt;
    const auto& caller = *opened->caller;
    co_return oauth_tokens(caller.name, caller.session, opened->expires, access_life);
}

awaitable<std::optional<AccessControl::OAuthTokens>> AccessControl::refresh_oauth(std::string token,
                                                                                  std::chrono::seconds access_life) {
    auto claims = signer_.verify(token, TokenUse::session_refresh);
    if (!claims)
        co_return std::nullopt;
    auto caller = co_await identity_.sessions.find(claims->session);
    if (!caller)
        co_return std::nullopt;
    co_return oauth_tokens(caller->name, caller->session, claims->expires, access_life);
}

// Clients that are no browsers name no page, and nobody can make them ask.
bool AccessControl::is_from_our_page(const http::Request& request) const {
    if (!request.headers->has("Origin"))
        return true;
    auto origin = request.header("Origin");
    return http::is_origin_of(origin, request.host) || http::is_origin_of(origin, authority_of(options_.external_url));
}

awaitable<void> AccessControl::identify(http::Request& request) {
    if (options_.mode == Mode::none) {
        identity::Caller everybody{.admin = true};
        set_caller(request, std::make_shared<const identity::Caller>(std::move(everybody)));
        co_return;
    }
    identity::CallerPtr caller;
    auto credentials = parse_authorization(request.header("Authorization"));
    auto* bearer = std::get_if<BearerCredentials>(&credentials);
    if (auto* basic = std::get_if<BasicCredentials>(&credentials)) {
        auto given = attempt(request, std::move(basic->user), std::move(basic->password));
        caller = co_await identity_.authenticator.sign_in(std::move(given));
    } else if (bearer && identity::Authenticator::is_secret(bearer->token.reveal())) {
        caller = co_await identity_.authenticator.find_bearer(attempt(request, "", std::move(bearer->token)));
    } else {
        caller = co_await find_session(session_token(request));
    }
    if (caller)
        set_caller(request, std::move(caller));
}

awaitable<AccessControl::Refusal> AccessControl::authorize_person(http::Request& request, const http::Route& route) {
    const auto& permission = identity::get_permission(route.permission);
    bool for_everybody = permission.least == identity::Least::everybody;
    if (for_everybody && !takes_cookie(request))
        co_return std::nullopt;
    bool trusted = is_from_our_page(request);
    if (!trusted && writes(request) && !is_live_path(request))
        co_return forbid("a page of another site may not do this");
    // A WebSocket is opened with the cookie, whatever page asks for it, and the page could read it.
    if (trusted || !is_live_path(request))
        co_await identify(request);
    auto caller = identity::caller_ptr(request);
    // Who says who they are, and is wrong, must not take the answer for everybody as theirs.
    if (caller->kind == identity::Caller::Kind::anonymous && wants_sign_in() && request.headers->has("Authorization"))
        co_return refuse_person(request);
    auto resource = resource_of(request);
    auto allowed = co_await identity_.guard.may(caller, route.permission, resource);
    if (!allowed && caller->kind == identity::Caller::Kind::anonymous)
        co_return refuse_person(request);
    if (!allowed) {
        auto error = identity::Guard::refusal(*caller, permission, resource);
        co_await record_denied(request, route, error.message());
        co_return http::problem_response(error);
    }
    bool by_cookie = wants_sign_in() && !request.headers->has("Authorization") && !request.headers->has("x-token");
    if (!for_everybody && by_cookie && writes(request) && !has_our_header(request))
        co_return forbid("with a session's cookie, send the header \"X-Requested-With: cang\" too");
    co_return std::nullopt;
}

http::Response AccessControl::refuse_person(const http::Request& request) const {
    auto credentials = parse_authorization(request.header("Authorization"));
    auto message = std::holds_alternative<BasicCredentials>(credentials) ? "the user name or the password is wrong"
                   : session_token(request).empty()                      ? "sign in to do this"
                                                                         : "the session has ended; sign in again";
    auto response = http::problem_response(Error(ErrorKind::unauthenticated, message));
    // With a challenge, a browser would put its own dialog before ours.
    if (!has_our_header(request))
        response.headers.set("WWW-Authenticate", "Basic realm=\"cang\"");
    return response;
}

} // namespace cang::registry::auth
