// Who we are at a registry.
#pragma once

#include "base/secret.hpp"

namespace cang::distribution {

// Either a user name with a password, or an identity token (an OAuth2 refresh token), or nothing: anonymous.
struct Credentials {
    std::string username;
    Secret password;
    Secret identity_token;

    bool anonymous() const { return password.empty() && identity_token.empty(); }
};

} // namespace cang::distribution
