// OpenID Connect ID tokens: JSON Web Tokens that somebody else signed (RFC 7515, RFC 7517, RFC 7518; OpenID Connect
// Core 1.0 §3.1.3.7). Pure.
#pragma once

#include "base/clock.hpp"

#include <boost/json/object.hpp>
#include <memory>
#include <vector>

namespace cang::identity::oidc {

// One public key of a provider's set: RSA for RS256 and PS256, P-256 for ES256.
class PublicKey {
public:
    PublicKey(std::string id, std::string type, std::shared_ptr<void> key);
    const std::string& id() const noexcept { return id_; } // empty: it has none
    // False for an algorithm that is not this key's: the token does not choose.
    bool verifies(std::string_view algorithm, std::string_view text, std::string_view signature) const;

private:
    std::string id_;
    std::string type_;
    std::shared_ptr<void> key_; // EVP_PKEY
};

// A JWK set. Keys of other kinds, too small ones (RSA below 2048 bits) and those for encryption are left out.
std::expected<std::vector<PublicKey>, ParseError> parse_keys(std::string_view json);

// What a token must say beside its signature.
struct Expected {
    std::string issuer;
    std::string client_id;
    std::string nonce;
    Timestamp now;
};

// Why a token was not accepted. unknown_key: another look at the provider's keys may help.
struct Rejected {
    std::string reason;
    bool unknown_key = false;
};

// The claims of a token that is right in everything.
std::expected<boost::json::object, Rejected> verify_id_token(std::string_view token, const std::vector<PublicKey>& keys,
                                                             const Expected& expected);

} // namespace cang::identity::oidc
