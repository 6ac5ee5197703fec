#include "http/client_url.hpp"

#include "base/error.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <memory>

namespace cang::http {

namespace {

struct UrlHandleCloser {
    void operator()(CURLU* handle) const { curl_url_cleanup(handle); }
};
using UrlHandle = std::unique_ptr<CURLU, UrlHandleCloser>;

// Longer than what servers accept; a Location header may be as long as a header section.
constexpr std::size_t kMaxUrlBytes = 16 * 1024;

std::string get_part(CURLU* handle, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(handle, part, &text, flags) != CURLUE_OK)
        return {};
    std::string value(text);
    curl_free(text);
    return value;
}

bool set_url(CURLU* handle, const std::string& text) {
    return text.size() <= kMaxUrlBytes && text.find('\0') == std::string::npos &&
           curl_url_set(handle, CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
}

bool is_web_scheme(CURLU* handle) {
    std::string scheme = get_part(handle, CURLUPART_SCHEME);
    return scheme == "http" || scheme == "https";
}

} // namespace

Url Url::from_handle(void* opaque) {
    auto* handle = static_cast<CURLU*>(opaque);
    curl_url_set(handle, CURLUPART_FRAGMENT, nullptr, 0);
    Url url;
    url.text_ = get_part(handle, CURLUPART_URL);
    url.scheme_ = get_part(handle, CURLUPART_SCHEME);
    url.host_ = get_part(handle, CURLUPART_HOST);
    url.port_ = get_part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    std::string stated_port = get_part(handle, CURLUPART_PORT);
    url.authority_ = stated_port.empty() ? url.host_ : fmt::format("{}:{}", url.host_, stated_port);
    for (char& c : url.host_)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return url;
}

Url Url::parse(const std::string& text) {
    UrlHandle handle(curl_url());
    if (!set_url(handle.get(), text) || !is_web_scheme(handle.get()))
        throw Error(ErrorKind::invalid_argument, "not an http or https URL");
    if (!get_part(handle.get(), CURLUPART_USER).empty() || !get_part(handle.get(), CURLUPART_PASSWORD).empty())
        throw Error(ErrorKind::invalid_argument, "a URL must not hold a user name or password");
    return from_handle(handle.get());
}

Url Url::resolve(const std::string& location) const {
    UrlHandle handle(curl_url());
    if (!set_url(handle.get(), text_) || !set_url(handle.get(), location) || !is_web_scheme(handle.get()))
        throw Error(ErrorKind::corrupt,
                    fmt::format("{} redirects to something that is no http or https URL", authority_));
    curl_url_set(handle.get(), CURLUPART_USER, nullptr, 0);
    curl_url_set(handle.get(), CURLUPART_PASSWORD, nullptr, 0);
    curl_url_set(handle.get(), CURLUPART_OPTIONS, nullptr, 0);
    return from_handle(handle.get());
}

bool Url::same_origin(const Url& other) const {
    return scheme_ == other.scheme_ && host_ == other.host_ && port_ == other.port_;
}

bool Url::is_loopback() const { return host_ == "localhost" || host_ == "[::1]" || host_.starts_with("127."); }

} // namespace cang::http
