// Sign-in at an OpenID Connect provider: authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636).
//
// What has to be remembered between the two halves travels in the browser, sealed (SignIn). Provider metadata and keys
// are fetched when they are needed and kept for a while.
#pragma once

#include "base/secret.hpp"
#include "http/client.hpp"
#include "identity/oidc/id_token.hpp"
#include "identity/users.hpp"

#include <mutex>

namespace cang::identity::oidc {

struct Options {
    std::string issuer; // empty: nobody signs in this way
    std::string client_id;
    Secret client_secret; // empty for a public client
    std::string name = "OpenID Connect";
    std::string scopes = "openid profile email groups";
    std::string groups_claim = "groups";
    std::string admin_group; // its members are administrators, and nobody else who signs in here; empty: as stored
    // "developers=team:operator": members of the group have the role in the project.
    std::vector<std::pair<std::string, store::MembershipRow>> group_roles;
    // Where it may lead us; the issuer itself is trusted.
    std::shared_ptr<const http::AddressPolicy> policy = nullptr;
};

// Throws Error{invalid_argument}: "developers=team:operator,ops=team:admin".
std::vector<std::pair<std::string, store::MembershipRow>> parse_group_roles(std::string_view text);

// One sign-in on its way.
struct SignIn {
    std::string state;
    std::string nonce;
    std::string verifier;
    std::string next; // where the browser goes afterwards: a path of ours
    Timestamp expires;
};
std::string to_text(const SignIn& sign_in);
std::optional<SignIn> parse_sign_in(std::string_view text);

class Provider {
public:
    static constexpr std::chrono::minutes life{10}; // of a sign-in on its way

    Provider(Options options, const Clock& clock);
    bool enabled() const noexcept { return !options_.issuer.empty(); }
    const Options& options() const noexcept { return options_; }

    struct Begun {
        std::string url; // of the provider, for the browser
        SignIn sign_in;
    };
    // `redirect_uri` is ours. Throws Error{unavailable} when the provider does not answer as one.
    awaitable<Begun> begin(std::string redirect_uri, std::string next);
    // Exchanges the code. Throws Error{unauthenticated} for what the provider does not confirm.
    awaitable<ForeignIdentity> finish(SignIn sign_in, std::string code, std::string redirect_uri);

private:
    struct Metadata {
        std::string authorization_endpoint;
        std::string token_endpoint;
        std::string userinfo_endpoint;
        std::string jwks_uri;
        std::vector<PublicKey> keys;
        Timestamp fetched_at;
    };
    using MetadataPtr = std::shared_ptr<const Metadata>;

    awaitable<MetadataPtr> metadata(bool fresh);
    awaitable<boost::json::object> verify(std::string token, std::string nonce);
    http::ClientOptions client_options() const;
    ForeignIdentity identity_of(const boost::json::object& claims) const;

    const Options options_;
    const Clock& clock_;
    std::mutex mutex_;
    MetadataPtr known_;
};

} // namespace cang::identity::oidc
