// The head of a response, formatted by hand into a reused buffer.
#pragma once

#include "http/response.hpp"

#include <string>
#include <string_view>

namespace cang::http {

struct ResponseFraming {
    Method method = Method::get;
    bool http_1_1 = true;
    bool keep_alive = true;
    std::string_view date;           // IMF-fixdate
    std::string_view server;         // empty: not said
    std::string_view common;         // whole lines
    std::string_view default_policy; // Content-Security-Policy of a response without one; empty: none
};

// Bytes of the body when they are known beforehand.
std::optional<std::uint64_t> body_length(const Body& body);

// Whether a response with that status has a body at all, apart from HEAD.
bool status_has_body(int status);

// Framing fields are this function's alone: Content-Length, Transfer-Encoding and Connection set by a handler are left
// out. Throws Error{internal} for a field that would end its line or the head: no header injection.
void format_head(std::string& out, const Response& response, const ResponseFraming& framing);

} // namespace cang::http
