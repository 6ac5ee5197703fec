#include "http/origin.hpp"

#include <algorithm>
#include <cctype>

namespace cang::http {

namespace {

bool same_text(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b,
                              [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

} // namespace

bool is_origin_of(std::string_view origin, std::string_view host) {
    auto end_of_scheme = origin.find("://");
    if (end_of_scheme == std::string_view::npos || host.empty())
        return false;
    auto scheme = origin.substr(0, end_of_scheme);
    std::string_view default_port = same_text(scheme, "https") ? ":443" : same_text(scheme, "http") ? ":80" : "";
    if (default_port.empty())
        return false;
    auto without_port = [&](std::string_view text) {
        return text.ends_with(default_port) ? text.substr(0, text.size() - default_port.size()) : text;
    };
    return same_text(without_port(origin.substr(end_of_scheme + 3)), without_port(host));
}

} // namespace cang::http
