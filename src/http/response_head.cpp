#include "http/response_head.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <charconv>

namespace cang::http {

namespace {

std::string_view reason_phrase(int status) {
    switch (status) {
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "";
    }
}

void append_number(std::string& out, std::uint64_t number) {
    char digits[20];
    auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

bool is_token(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
    });
}

bool is_value(std::string_view value) {
    return std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool same_name(std::string_view name, std::string_view lower) {
    return std::ranges::equal(name, lower, [](char a, char b) { return (a | 0x20) == b; });
}

bool is_framing(std::string_view name) {
    switch (name.size()) {
    case 10: return same_name(name, "connection") || same_name(name, "keep-alive");
    case 14: return same_name(name, "content-length");
    case 17: return same_name(name, "transfer-encoding");
    default: return false;
    }
}

} // namespace

std::optional<std::uint64_t> body_length(const Body& body) {
    struct Length {
        std::optional<std::uint64_t> operator()(std::monostate) const { return 0; }
        std::optional<std::uint64_t> operator()(const std::string& text) const { return text.size(); }
        std::optional<std::uint64_t> operator()(const std::shared_ptr<const std::string>& text) const {
            return text ? text->size() : 0;
        }
        std::optional<std::uint64_t> operator()(const StaticBody& built_in) const { return built_in.bytes.size(); }
        std::optional<std::uint64_t> operator()(const FileBody& file) const { return file.length(); }
        std::optional<std::uint64_t> operator()(const StreamBody& stream) const { return stream.length; }
    };
    return std::visit(Length{}, body);
}

bool status_has_body(int status) { return status >= 200 && status != 204 && status != 304; }

void format_head(std::string& out, const Response& response, const ResponseFraming& framing) {
    out.append(framing.http_1_1 ? "HTTP/1.1 " : "HTTP/1.0 ");
    append_number(out, static_cast<std::uint64_t>(response.status));
    out.append(" ").append(reason_phrase(response.status)).append("\r\n");
    if (!framing.server.empty())
        out.append("Server: ").append(framing.server).append("\r\n");
    out.append("Date: ").append(framing.date).append("\r\n");
    out.append(framing.common);
    // What is kept keeps its own: a browser takes over the fields of a 304.
    bool has_policy = response.status == 304 || response.headers.has("Content-Security-Policy");
    if (!framing.default_policy.empty() && !has_policy)
        out.append("Content-Security-Policy: ").append(framing.default_policy).append("\r\n");
    for (const auto& [name, value] : response.headers) {
        if (is_framing(name))
            continue;
        if (!is_token(name) || !is_value(value))
            throw Error(ErrorKind::internal, "a response header is malformed");
        out.append(name).append(": ").append(value).append("\r\n");
    }
    if (response.status == 101)
        out.append("Connection: Upgrade\r\n");
    else if (!framing.keep_alive)
        out.append("Connection: close\r\n");
    else if (!framing.http_1_1)
        out.append("Connection: keep-alive\r\n");
    auto length = body_length(response.body);
    if (response.stated_length && (framing.method == Method::head || response.status == 304))
        length = response.stated_length;
    else if (!status_has_body(response.status))
        return static_cast<void>(out.append("\r\n"));
    if (length) {
        out.append("Content-Length: ");
        append_number(out, *length);
        out.append("\r\n");
    } else if (framing.http_1_1) {
        out.append("Transfer-Encoding: chunked\r\n");
    }
    out.append("\r\n");
}

} // namespace cang::http
