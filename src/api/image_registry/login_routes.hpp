// Sign-in of the image catalogue of the GPU rental platform: the token goes into the header x-token, lives seven days,
// and is replaced within the last one (headers new-token and new-expires-at, in milliseconds since 1970).
#pragma once

#include "registry/auth/access.hpp"

namespace cang::api::image_registry {

struct LoginContext {
    registry::auth::AccessControl& access;
    identity::Identity& identity;
    const Clock& clock;
};

// Each with and without the prefix /api. Routes keep a reference to the context, which must outlive them.
std::vector<http::Route> login_routes(LoginContext& context);

} // namespace cang::api::image_registry
