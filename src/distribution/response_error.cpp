#include "distribution/response_error.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <ctime>
#include <fmt/format.h>

namespace cang::distribution {

namespace json = boost::json;

namespace {

// Error documents are a few hundred bytes; whoever sends more is not heard.
constexpr std::size_t kErrorBodyBytes = 64 * KiB;
constexpr std::size_t kMessageBytes = 300;

struct CodeRow {
    std::string_view code;
    ErrorKind kind;
};

constexpr std::array kCodes{
    CodeRow{"BLOB_UNKNOWN", ErrorKind::not_found},         CodeRow{"BLOB_UPLOAD_INVALID", ErrorKind::conflict},
    CodeRow{"BLOB_UPLOAD_UNKNOWN", ErrorKind::not_found},  CodeRow{"DIGEST_INVALID", ErrorKind::corrupt},
    CodeRow{"MANIFEST_BLOB_UNKNOWN", ErrorKind::conflict}, CodeRow{"MANIFEST_INVALID", ErrorKind::unsupported},
    CodeRow{"MANIFEST_UNKNOWN", ErrorKind::not_found},     CodeRow{"NAME_INVALID", ErrorKind::invalid_argument},
    CodeRow{"NAME_UNKNOWN", ErrorKind::not_found},         CodeRow{"SIZE_INVALID", ErrorKind::corrupt},
    CodeRow{"UNAUTHORIZED", ErrorKind::unauthenticated},   CodeRow{"DENIED", ErrorKind::permission_denied},
    CodeRow{"UNSUPPORTED", ErrorKind::unsupported},        CodeRow{"TOOMANYREQUESTS", ErrorKind::rate_limited},
};

ErrorKind kind_of_status(int status) {
    switch (status) {
    case 401: return ErrorKind::unauthenticated;
    case 403: return ErrorKind::permission_denied;
    case 404:
    case 410: return ErrorKind::not_found;
    case 405: return ErrorKind::unsupported;
    case 408:
    case 504: return ErrorKind::deadline_exceeded;
    case 409: return ErrorKind::conflict;
    case 429: return ErrorKind::rate_limited;
    case 501: return ErrorKind::unsupported;
    default: break;
    }
    if (status >= 500)
        return ErrorKind::unavailable;
    // Not invalid_argument: what a registry does not take is no mistake in our user's command.
    return status >= 400 ? ErrorKind::unsupported : ErrorKind::corrupt;
}

// How long to wait and whether to log in is said by the status; what is wrong with the request by the code.
ErrorKind kind_of(int status, std::string_view code) {
    if (status >= 500 || status == 429 || status == 408 || status == 401)
        return kind_of_status(status);
    auto row = std::ranges::find(kCodes, code, &CodeRow::code);
    return row == kCodes.end() ? kind_of_status(status) : row->kind;
}

struct FirstError {
    std::string code;
    std::string message;
};

std::string plain_text(std::string_view text) {
    std::string plain;
    for (char c : text.substr(0, kMessageBytes))
        plain.push_back(static_cast<unsigned char>(c) < ' ' || c == 127 ? ' ' : c);
    return plain;
}

bool is_code(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

FirstError first_error(const std::string& body) {
    json::parse_options options;
    options.max_depth = 8;
    json::error_code failure;
    json::value document = json::parse(body, failure, {}, options);
    if (failure || !document.is_object())
        return {};
    const json::value* errors = document.get_object().if_contains("errors");
    if (errors == nullptr || !errors->is_array() || errors->get_array().empty())
        return {};
    const json::object* first = errors->get_array().front().if_object();
    if (first == nullptr)
        return {};
    FirstError found;
    if (const json::value* code = first->if_contains("code"); code != nullptr && code->is_string())
        found.code = std::string(code->get_string());
    if (!is_code(found.code))
        found.code.clear();
    if (const json::value* message = first->if_contains("message"); message != nullptr && message->is_string())
        found.message = plain_text(message->get_string());
    return found;
}

} // namespace

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, std::chrono::sys_seconds now) {
    constexpr std::chrono::seconds longest{3600};
    if (text.empty() || text.size() > 64)
        return std::nullopt;
    std::uint32_t seconds = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failure == std::errc() && end == text.data() + text.size())
        return std::min<std::chrono::seconds>(std::chrono::seconds(seconds), longest);
    std::tm time{};
    std::string copy(text);
    const char* rest = ::strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time);
    if (rest == nullptr || *rest != '\0')
        return std::nullopt;
    std::chrono::sys_seconds date{std::chrono::seconds(::timegm(&time))};
    return std::clamp<std::chrono::seconds>(date - now, std::chrono::seconds(0), longest);
}

Error refusal_error(const Refusal& refusal, std::chrono::sys_seconds now) {
    FirstError first = first_error(refusal.body);
    std::string reason = first.message.empty() ? first.code : first.message;
    std::string text = fmt::format("{}: {} answered {}", refusal.action, refusal.host, refusal.status);
    if (!reason.empty())
        text += ": " + reason;
    Error error(kind_of(refusal.status, first.code), std::move(text));
    error.with_code(std::move(first.code));
    if (auto delay = parse_retry_after(refusal.retry_after, now))
        error.with_retry_after(*delay);
    return error;
}

awaitable<Error> response_error(http::ClientResponse& response, std::string host, std::string action) {
    Refusal refusal;
    refusal.status = response.status;
    refusal.host = std::move(host);
    refusal.action = std::move(action);
    refusal.retry_after = response.headers.get("Retry-After");
    std::string body(kErrorBodyBytes, '\0');
    std::size_t filled = 0;
    while (filled < body.size()) {
        MutableBytes space = std::as_writable_bytes(std::span(body)).subspan(filled);
        std::size_t count = co_await response.body->read(space);
        if (count == 0)
            break;
        filled += count;
    }
    body.resize(filled);
    refusal.body = std::move(body);
    auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    co_return refusal_error(refusal, now);
}

} // namespace cang::distribution
