// Signs and checks the tokens of the distribution token protocol and of sessions: JSON Web Tokens with HMAC-SHA256 (RFC
// 7515, RFC 7519). The server is both issuer and audience, so a shared key is enough. Thread-safe.
#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "registry/auth/scope.hpp"

namespace cang::registry::auth {

enum class TokenUse {
    access,          // to repositories, for minutes
    refresh,         // gets access tokens, for months
    session,         // a person at our own API, for a working day
    session_refresh, // gets tokens of the same session
};

struct TokenClaims {
    TokenUse use = TokenUse::access;
    std::string subject = {}; // empty: anonymous
    std::string epoch = {};   // of the account, in refresh tokens
    std::string session = {}; // its id, in session tokens
    // Of access tokens: what vouched for the subject and how it looked (identity/stamps.hpp).
    std::string credential = {};
    std::string stamp = {};
    bool admin = false;
    std::vector<Scope> scopes = {};
    std::vector<Scope> refused = {}; // that were asked for, too
    // As verify() read it. Sessions say it to sign(); the others live as long as their use says.
    Timestamp expires = {};
};

class TokenSigner {
public:
    static constexpr std::chrono::seconds access_life{300};
    static constexpr std::chrono::seconds refresh_life{90 * 24 * 3600};
    static constexpr std::chrono::seconds session_life{12 * 3600};
    static constexpr std::size_t max_token_bytes = 16 * 1024;

    TokenSigner(Secret key, const Clock& clock) : key_(std::move(key)), clock_(clock) {}

    std::string sign(const TokenClaims& claims) const;
    // nullopt when it is not one of ours, is for another use, or its time is over.
    std::optional<TokenClaims> verify(std::string_view token, TokenUse use) const;
    Timestamp now() const { return clock_.now(); }

private:
    std::string signature(std::string_view text) const;
    Secret key_;
    const Clock& clock_;
};

} // namespace cang::registry::auth
