// The parts of an http(s) URL that the client decides on: origin, display name, redirects.
#pragma once

#include <string>
#include <string_view>

namespace cang::http {

class Url {
public:
    // Throws Error{invalid_argument}: not an http or https URL, or one with userinfo.
    static Url parse(const std::string& text);
    // The target of a Location header seen at this URL; userinfo in it is dropped.
    // Throws Error{corrupt} when it is no http or https URL.
    Url resolve(const std::string& location) const;

    const std::string& text() const noexcept { return text_; }
    bool is_https() const noexcept { return scheme_ == "https"; }
    // "host" or "host:port" as the URL has it; fit for messages, since it holds neither userinfo nor query.
    const std::string& authority() const noexcept { return authority_; }
    // In lower case; IPv6 in brackets.
    const std::string& host() const noexcept { return host_; }
    // With the port that the scheme implies where none is written: "registry.example:443".
    std::string host_and_port() const { return host_ + ":" + port_; }
    bool same_origin(const Url& other) const;
    bool is_loopback() const;

private:
    static Url from_handle(void* handle);

    std::string text_;
    std::string scheme_;
    std::string host_;
    std::string port_; // never empty
    std::string authority_;
};

} // namespace cang::http
