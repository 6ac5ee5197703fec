// People at our own API and its live events: their sessions, and what a browser may do on their behalf.

#include "http/cookie.hpp"
#include "http/origin.hpp"
#include "http/problem.hpp"
#include "registry/auth/access.hpp"

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

std::string AccessControl::session_token(const http::Request& request) {
    auto credentials = parse_authorization(request.header("Authorization"));
    if (auto* bearer = std::get_if<BearerCredentials>(&credentials))
        return bearer->token.reveal();
    bool only_cookie = std::holds_alternative<NoCredentials>(credentials);
    return only_cookie && takes_cookie(request) ? cookie_token(request) : std::string();
}

std::optional<AccessControl::Session> AccessControl::find_session(std::string_view token) const {
    auto claims = account_ ? signer_.verify(token, TokenUse::session) : std::nullopt;
    if (!claims || claims->subject != Account::name || claims->epoch != account_->epoch())
        return std::nullopt;
    return Session{.user = std::move(claims->subject), .expires = claims->expires};
}

awaitable<std::optional<std::string>> AccessControl::open_session(const http::Request& request,
                                                                  BasicCredentials credentials) {
    auto right = co_await sign_in(request, std::move(credentials));
    if (!right)
        co_return std::nullopt;
    TokenClaims claims{
        .use = TokenUse::session, .subject = std::string(Account::name), .epoch = account_->epoch(), .scopes = {}};
    co_return signer_.sign(claims);
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
        request.principal.admin = true;
        co_return;
    }
    auto credentials = parse_authorization(request.header("Authorization"));
    if (auto* basic = std::get_if<BasicCredentials>(&credentials)) {
        auto right = co_await sign_in(request, std::move(*basic));
        if (right)
            request.principal = {.name = std::string(Account::name), .admin = true};
    } else if (auto session = find_session(session_token(request))) {
        request.principal = {.name = std::move(session->user), .admin = true};
    }
}

awaitable<std::optional<http::Response>> AccessControl::authorize_person(http::Request& request,
                                                                         const http::Route& route) {
    bool anonymous = route.access == http::Access::anonymous;
    if (anonymous && !takes_cookie(request))
        co_return std::nullopt;
    bool trusted = is_from_our_page(request);
    if (!trusted && writes(request) && !is_live_path(request))
        co_return forbid("a page of another site may not do this");
    // A WebSocket is opened with the cookie, whatever page asks for it, and the page could read it.
    if (trusted || !is_live_path(request))
        co_await identify(request);
    if (anonymous)
        co_return std::nullopt;
    if (!request.principal.admin)
        co_return refuse_person(request);
    bool by_cookie = wants_sign_in() && !request.headers->has("Authorization");
    if (by_cookie && writes(request) && !has_our_header(request))
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
