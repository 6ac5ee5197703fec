// The Authorization header, parsed (RFC 9110 §11.6.2, RFC 7617, RFC 6750).
#pragma once

#include "base/secret.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace cang::registry::auth {

struct NoCredentials {};
struct BasicCredentials {
    std::string user;
    Secret password;
};
struct BearerCredentials {
    Secret token;
};
struct BadCredentials {}; // another scheme, or not readable

using Credentials = std::variant<NoCredentials, BasicCredentials, BearerCredentials, BadCredentials>;

Credentials parse_authorization(std::string_view header);

} // namespace cang::registry::auth
