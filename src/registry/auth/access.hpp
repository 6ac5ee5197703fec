// Who may do what: the server's authorize hook, the token endpoint of the distribution token protocol, the sessions of
// people at our own API. One administrator account; what everybody may do without it is a setting. Thread-safe.
//
// Below /v2/ clients come with tokens of the distribution protocol or Basic. Everywhere else with Basic, or with a
// session's token: as Bearer, or, for the API and live events, as cookie. What a browser sends by itself is believed
// only when its page is ours.
#pragma once

#include "async/run_blocking.hpp"
#include "http/router.hpp"
#include "registry/auth/account.hpp"
#include "registry/auth/credentials.hpp"
#include "registry/auth/login_limiter.hpp"
#include "registry/auth/token_signer.hpp"

namespace cang::registry::auth {

enum class Mode {
    token, // Bearer tokens from /v2/token; Basic is accepted too
    basic,
    none, // everybody is the administrator
};
std::string_view to_string(Mode mode); // as --auth writes it
enum class Anonymous { none, pull, push };

struct AccessOptions {
    Mode mode = Mode::token;
    Anonymous anonymous = Anonymous::none;
    std::string external_url; // "https://host[:port]" for the realm; empty: as the request says
};

class AccessControl {
public:
    // `account` may be null with Mode::none only; all must outlive this.
    AccessControl(AccessOptions options, Account* account, TokenSigner& signer, const Clock& clock,
                  async::BlockingPool& pool);

    // Who a session's token speaks for.
    struct Session {
        std::string user;
        Timestamp expires;
    };
    static constexpr std::string_view session_cookie = "cang_session";

    // The hook: sets request.principal; a response means no. Routes for everybody learn who asks too, except below
    // /v2/.
    awaitable<std::optional<http::Response>> authorize(http::Request& request, const http::Route& route);

    // GET (Basic or anonymous) and POST (OAuth 2: password, refresh_token) of /v2/token.
    std::vector<http::Route> token_routes();

    // A new session's token; nullopt for wrong credentials. Throws Error{rate_limited} for an address that failed too
    // often.
    awaitable<std::optional<std::string>> open_session(const http::Request& request, BasicCredentials credentials);
    // nullopt when the token is none of ours, too old, or from before the password changed.
    std::optional<Session> find_session(std::string_view token) const;
    // The request's token, Bearer before cookie; empty when there is none.
    static std::string session_token(const http::Request& request);
    bool wants_sign_in() const noexcept { return options_.mode != Mode::none; }

private:
    awaitable<std::optional<http::Response>> authorize_registry(http::Request& request, const http::Route& route);
    awaitable<std::optional<http::Response>> authorize_person(http::Request& request, const http::Route& route);
    awaitable<void> identify(http::Request& request);
    bool is_from_our_page(const http::Request& request) const;
    http::Response refuse_person(const http::Request& request) const;
    // Throws Error{rate_limited} for an address that failed too often.
    awaitable<bool> sign_in(const http::Request& request, BasicCredentials credentials);
    awaitable<std::optional<http::Response>> check_basic(http::Request& request, BasicCredentials credentials);
    std::optional<http::Response> check_bearer(http::Request& request, const http::Route& route,
                                               const BearerCredentials& credentials) const;
    bool allowed_to_all(const http::Route& route) const;
    std::vector<Scope> grant(std::vector<Scope> asked, bool admin) const;
    http::Response refuse(const http::Request& request, const http::Route* route, std::string_view problem) const;
    http::Response token_response(const std::string& subject, const std::vector<Scope>& asked, bool with_refresh) const;
    awaitable<http::Response> get_token(http::Request& request);
    awaitable<http::Response> post_token(http::Request& request);

    AccessOptions options_;
    Account* account_;
    TokenSigner& signer_;
    async::BlockingPool& pool_;
    LoginLimiter limiter_;
};

} // namespace cang::registry::auth
