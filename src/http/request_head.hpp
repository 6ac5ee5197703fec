// The head of a request (RFC 9112 §2.1), parsed by Beast and then held to stricter rules: what two servers could read
// differently is refused, because that is how requests are smuggled.
#pragma once

#include "http/message.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace cang::http {

struct RequestHead {
    Method method = Method::get;
    std::string target;
    Fields headers;
    std::optional<std::uint64_t> content_length; // absent: no body, or a chunked one
    bool chunked = false;
    bool http_1_1 = true;
    bool keep_alive = true;
    bool expects_continue = false;
};

// Why a head is refused; the connection ends after the answer, since its framing is unknown.
struct HeadFault {
    int status = 400;
    std::string_view reason;
};

// More header fields than any client sends.
inline constexpr std::size_t kMaxFields = 128;

// The first byte can't be a method's: most often a TLS handshake on a plain port. Container clients try HTTPS first and
// turn to HTTP when they are answered, so they must not wait for the end of a head that never comes.
bool starts_like_no_request(std::string_view bytes);

// The size of the head at the start of `bytes`, with its empty line; nullopt while that has not arrived. `searched`
// remembers how far earlier calls looked.
std::optional<std::size_t> find_head_end(std::string_view bytes, std::size_t& searched);

// `bytes` is exactly one head, as find_head_end() measured it.
std::expected<RequestHead, HeadFault> parse_request_head(std::string_view bytes);

} // namespace cang::http
