// The Origin header, by which a browser tells on behalf of whose page it asks (RFC 6454). Pure.
#pragma once

#include <string_view>

namespace cang::http {

// Whether `origin` ("https://host[:port]") is a page of `host` ("host[:port]", as a Host header says it). Scheme and
// default port don't matter: a proxy in front may speak TLS where we don't. "null" is nobody's.
bool is_origin_of(std::string_view origin, std::string_view host);

} // namespace cang::http
