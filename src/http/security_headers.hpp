// The fields that every response has so that browsers keep what is ours apart from what is others'.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace cang::http {

// Scripts, styles and connections of a page of ours come from this origin only, and it is in no one's frame. Element
// Plus sets style attributes.
inline constexpr std::string_view kPagePolicy =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

// Of everything that is no page: should a browser show it, it runs and loads nothing.
inline constexpr std::string_view kDataPolicy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// Lines as they stand in a head, each with its line end. `hsts` 0: without Strict-Transport-Security.
std::string security_headers(std::chrono::seconds hsts);

} // namespace cang::http
