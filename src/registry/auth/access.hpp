// The server's authorize hook, the token endpoint of the distribution token protocol, the sessions of people. Who
// somebody is, and what they may do, identity/ knows; this is how each face asks. Thread-safe.
//
// Below /v2/ clients come with tokens of the distribution protocol, Basic, or a personal token as Bearer. Everywhere
// else with Basic, a personal token, or a session's token: as Bearer, or, for the API and live events, as cookie. What
// a browser sends by itself is believed only when its page is ours.
#pragma once

#include "http/router.hpp"
#include "identity/identity.hpp"
#include "registry/auth/credentials.hpp"
#include "registry/auth/token_signer.hpp"

namespace cang::registry::auth {

enum class Mode {
    token, // Bearer tokens from /v2/token; Basic is accepted too
    basic,
    none, // everybody is an administrator
};
std::string_view to_string(Mode mode); // as --auth writes it

struct AccessOptions {
    Mode mode = Mode::token;
    identity::Anonymous anonymous = identity::Anonymous::none;
    std::string external_url; // "https://host[:port]" for the realm; empty: as the request says
};

class AccessControl {
public:
    // Both outlive it.
    AccessControl(AccessOptions options, identity::Identity& identity, TokenSigner& signer);

    static constexpr std::string_view session_cookie = "cang_session";
    // The Set-Cookie field that hands out a session's token; an empty token with no life takes it back.
    static std::string session_cookie_field(const http::Request& request, std::string_view token,
                                            std::chrono::seconds life);

    // The hook: sets the request's caller; a response means no. Routes for everybody learn who asks too, except below
    // /v2/.
    awaitable<std::optional<http::Response>> authorize(http::Request& request, const http::Route& route);

    // GET (Basic or anonymous) and POST (OAuth 2: password, refresh_token) of /v2/token.
    std::vector<http::Route> token_routes();

    // A new session, and the token that stands for it.
    struct Opened {
        std::string token;
        Timestamp expires;
        identity::CallerPtr caller;
    };
    // nullopt for wrong credentials. Throws Error{rate_limited} after too many.
    awaitable<std::optional<Opened>> open_session(const http::Request& request, BasicCredentials credentials,
                                                  std::string kind = "browser",
                                                  std::chrono::seconds life = TokenSigner::session_life);
    // For somebody who proved who they are elsewhere.
    awaitable<Opened> open_session_for(const http::Request& request, identity::User user, std::string via,
                                       std::string kind = "browser",
                                       std::chrono::seconds life = TokenSigner::session_life);
    // Tokens of OAuth 2.0: the access token is a session's, and the refresh token gets others of the same session.
    struct OAuthTokens {
        std::string access;
        std::string refresh;
        std::chrono::seconds expires_in{0};
    };
    awaitable<std::optional<OAuthTokens>> open_oauth(const http::Request& request, BasicCredentials credentials,
                                                     std::chrono::seconds access_life,
                                                     std::chrono::seconds refresh_life);
    awaitable<std::optional<OAuthTokens>> refresh_oauth(std::string token, std::chrono::seconds access_life);
    // Null when the token is none of ours, or its session has ended.
    awaitable<identity::CallerPtr> find_session(std::string token) const;
    // Who came before, as they are by now; null when what they came with is void.
    awaitable<identity::CallerPtr> find_again(identity::CallerPtr caller) const;
    // When the session of the request's token ends by itself; nullopt without one.
    std::optional<Timestamp> session_end(const http::Request& request) const;
    // The request's token, Bearer before cookie; empty when there is none.
    static std::string session_token(const http::Request& request);
    const std::string& external_url() const noexcept { return options_.external_url; }
    bool wants_sign_in() const noexcept { return options_.mode != Mode::none; }

private:
    using Refusal = std::optional<http::Response>;
    awaitable<Refusal> authorize_registry(http::Request& request, const http::Route& route);
    awaitable<Refusal> authorize_person(http::Request& request, const http::Route& route);
    awaitable<void> identify(http::Request& request);
    awaitable<Refusal> check_basic(http::Request& request, const http::Route& route, BasicCredentials credentials);
    awaitable<Refusal> check_bearer(http::Request& request, const http::Route& route, BearerCredentials credentials);
    awaitable<Refusal> check_token(http::Request& request, const http::Route& route, TokenClaims claims);
    awaitable<Refusal> check_caller(http::Request& request, const http::Route& route, identity::CallerPtr caller);
    awaitable<bool> is_current(const TokenClaims& claims) const;
    // Makes the project of a first push.
    awaitable<void> prepare_push(http::Request& request, const http::Route& route);
    awaitable<void> record_denied(const http::Request& request, const http::Route& route, std::string message);
    bool is_from_our_page(const http::Request& request) const;
    http::Response refuse_person(const http::Request& request) const;
    http::Response refuse(const http::Request& request, const http::Route* route, std::string_view problem) const;
    identity::Attempt attempt(const http::Request& request, std::string user, Secret secret) const;
    awaitable<Opened> open(const http::Request& request, identity::User user, std::string via, std::string kind,
                           std::chrono::seconds life);

    // What the caller gets of what was asked for, and what not.
    struct Grant {
        std::vector<Scope> granted;
        std::vector<Scope> refused;
    };
    awaitable<Grant> grant(identity::CallerPtr caller, std::vector<Scope> asked);
    awaitable<http::Response> token_response(identity::CallerPtr caller, std::vector<Scope> asked, bool with_refresh);
    awaitable<http::Response> get_token(http::Request& request);
    awaitable<http::Response> post_token(http::Request& request);
    awaitable<identity::CallerPtr> refresh(std::string token);
    OAuthTokens oauth_tokens(const std::string& user, const std::string& session, Timestamp session_end,
                             std::chrono::seconds access_life) const;

    AccessOptions options_;
    identity::Identity& identity_;
    TokenSigner& signer_;
};

} // namespace cang::registry::auth
