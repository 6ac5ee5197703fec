// One request on the server side, as a handler sees it.
#pragma once

#include "http/message.hpp"
#include "io/reader.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace cang::http {

class Channel;

// Who is asking, as the access check found out.
struct Principal {
    std::string name; // empty: anonymous
    bool admin = false;
    std::shared_ptr<const void> caller = {}; // what else the access check knows of them; its own business
};

struct Request {
    Method method = Method::get;
    std::string_view target; // as sent, valid during the request
    std::string_view path;   // undecoded path part of target
    std::string_view query;  // undecoded, without '?'
    // Path parameters, percent-decoded, in the pattern's order.
    std::vector<std::pair<std::string_view, std::string>> parameters;
    const Fields* headers = nullptr;
    io::Reader* body = nullptr; // never null; bounded by the route's body limit unless unlimited
    std::optional<std::uint64_t> content_length;
    std::string remote_address;
    std::string request_id;
    std::string_view scheme = "http"; // of the connection, or of X-Forwarded-Proto from a trusted proxy
    std::string host;                 // Host header (validated)
    Principal principal;
    Channel* channel = nullptr; // see when_client_gone()

    // Throws Error{internal} for a name that the pattern lacks.
    const std::string& parameter(std::string_view name) const;
    // The first value, decoded; nullopt when absent. Throws Error{invalid_argument} for a bad escape.
    std::optional<std::string> query_value(std::string_view name) const;
    std::vector<std::string> query_values(std::string_view name) const;
    std::string_view header(std::string_view name) const { return headers->get(name); }
    // For a handler that waits long, after it has read the body: calls `gone` at most once, on the request's loop, when
    // the client gives up. It may be called after the request has ended: capture weakly.
    void when_client_gone(std::function<void()> gone) const;
};

// True when If-None-Match names this entity tag (RFC 9110 §13.1.2, weak comparison) or "*".
bool not_modified(const Request& request, std::string_view etag);

} // namespace cang::http
