// What a registry's refusal means: status, OCI error document (distribution-spec "Error Codes"), Retry-After.
#pragma once

#include "base/error.hpp"
#include "http/client.hpp"

namespace cang::distribution {

struct Refusal {
    int status = 0;
    std::string host;        // whom we asked
    std::string action;      // "reading the manifest …"
    std::string body;        // as far as it was read
    std::string retry_after; // the header's value
};

// Pure. The message holds the registry's own words only when they come from an OCI error document.
Error refusal_error(const Refusal& refusal, std::chrono::sys_seconds now);

// Reads a bounded part of the response's body for refusal_error().
awaitable<Error> response_error(http::ClientResponse& response, std::string host, std::string action);

// Seconds or an HTTP date (RFC 9110 §10.2.3), between zero and an hour.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, std::chrono::sys_seconds now);

} // namespace cang::distribution
