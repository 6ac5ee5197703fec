#include "docker/endpoint.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace cang::docker {

namespace {

constexpr std::size_t kLongestSocketPath = 107; // sockaddr_un.sun_path less its NUL

std::unexpected<ParseError> fail(std::string reason, std::size_t position) {
    return std::unexpected(ParseError{std::move(reason), position});
}

std::expected<Endpoint, ParseError> parse_socket(std::string_view path, std::size_t position) {
    if (!path.starts_with('/'))
        return fail("the socket path is not absolute", position);
    if (path.size() > kLongestSocketPath)
        return fail(fmt::format("the socket path is longer than {} bytes", kLongestSocketPath), position);
    Endpoint endpoint;
    endpoint.base_url = "http://docker";
    endpoint.unix_socket = path;
    return endpoint;
}

bool is_host_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_' || c == '[' ||
           c == ']' || c == ':';
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           std::ranges::all_of(text, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
}

std::expected<Endpoint, ParseError> parse_address(std::string_view address, std::size_t position, bool tls) {
    while (address.ends_with('/'))
        address.remove_suffix(1);
    if (address.empty())
        return fail("the host is missing", position);
    if (!std::ranges::all_of(address, is_host_character))
        return fail("only host and port may follow the scheme", position);
    const auto bracket = address.rfind(']');
    const auto colon = address.rfind(':');
    const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    if (has_port && !is_port(address.substr(colon + 1)))
        return fail("the port is not a number", position + colon + 1);
    if (has_port && colon == 0)
        return fail("the host is missing", position);
    Endpoint endpoint;
    endpoint.tls = tls;
    endpoint.base_url = fmt::format("{}://{}", tls ? "https" : "http", address);
    if (!has_port)
        endpoint.base_url += tls ? ":2376" : ":2375";
    return endpoint;
}

} // namespace

std::expected<Endpoint, ParseError> Endpoint::parse(std::string_view text, bool tls) {
    const auto end = text.find("://");
    if (end == std::string_view::npos)
        return fail("expected unix://, tcp://, http:// or https://", 0);
    const auto scheme = text.substr(0, end);
    const auto rest = text.substr(end + 3);
    if (scheme == "unix")
        return parse_socket(rest, end + 3);
    if (scheme == "tcp")
        return parse_address(rest, end + 3, tls);
    if (scheme == "http")
        return parse_address(rest, end + 3, false);
    if (scheme == "https")
        return parse_address(rest, end + 3, true);
    return fail("expected unix://, tcp://, http:// or https://", 0);
}

} // namespace cang::docker
