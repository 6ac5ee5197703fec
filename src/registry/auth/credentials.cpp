#include "registry/auth/credentials.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <cctype>

namespace cang::registry::auth {

namespace {

bool is_scheme(std::string_view text, std::string_view scheme) {
    return std::ranges::equal(text, scheme, [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}

} // namespace

Credentials parse_authorization(std::string_view header) {
    if (header.empty())
        return NoCredentials{};
    auto space = header.find(' ');
    if (space == std::string_view::npos)
        return BadCredentials{};
    auto scheme = header.substr(0, space);
    auto value = header.substr(space + 1);
    while (value.starts_with(' '))
        value.remove_prefix(1);
    if (is_scheme(scheme, "bearer"))
        return BearerCredentials{Secret(std::string(value))};
    auto text = is_scheme(scheme, "basic") ? from_base64(value) : std::nullopt;
    auto colon = text ? text->find(':') : std::string::npos;
    if (colon == std::string::npos)
        return BadCredentials{};
    return BasicCredentials{.user = text->substr(0, colon), .password = Secret(text->substr(colon + 1))};
}

} // namespace cang::registry::auth
