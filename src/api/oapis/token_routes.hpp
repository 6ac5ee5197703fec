// Sign-in of the edge consoles: OAuth 2.0 tokens by password and by refresh token (RFC 6749 §4.3, §6), and who the
// token is of. Access tokens live a day, refresh tokens a week; both end with their session.
#pragma once

#include "registry/auth/access.hpp"

namespace cang::api::oapis {

struct TokenContext {
    registry::auth::AccessControl& access;
    identity::Identity& identity;
};

// Routes keep a reference to the context, which must outlive them.
std::vector<http::Route> token_routes(TokenContext& context);

} // namespace cang::api::oapis
