// Who may do what: the server's authorize hook and the token endpoint of the distribution token protocol. One
// administrator account; what everybody may do without it is a setting. Thread-safe.
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

    // The hook: sets request.principal; a response means no.
    awaitable<std::optional<http::Response>> authorize(http::Request& request, const http::Route& route);

    // GET (Basic or anonymous) and POST (OAuth 2: password, refresh_token) of /v2/token.
    std::vector<http::Route> token_routes();

private:
    // Throws Error{rate_limited} for an address that failed too often.
    awaitable<bool> sign_in(const http::Request& request, BasicCredentials credentials);
    awaitable<std::optional<http::Response>> check_basic(http::Request& request, BasicCredentials credentials);
    std::optional<http::Response> check_bearer(http::Request& request, const http::Route& route,
                                               const BearerCredentials& credentials) const;
    bool allowed_to_all(const http::Request& request, const http::Route& route) const;
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
