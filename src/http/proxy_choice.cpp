#include "http/proxy_choice.hpp"

#include "http/outgoing_list.hpp"

#include <initializer_list>

namespace cang::http {

namespace {

constexpr std::string_view kSeparators = ", \t";

std::string first_of(std::initializer_list<const char*> names, const Environment& environment) {
    for (const char* name : names)
        if (auto value = environment(name); !value.empty())
            return value;
    return {};
}

std::string_view without_brackets(std::string_view host) {
    return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

// An entry is an address, a range, or a domain with all below it.
bool exempts(std::string_view entry, const std::string& host, const std::optional<IpAddress>& address) {
    if (entry == "*")
        return true;
    if (address) {
        auto range = IpRange::parse(without_brackets(entry));
        return range && range->contains(*address);
    }
    if (entry.starts_with('.'))
        entry.remove_prefix(1);
    auto domain = plain_host(entry);
    return !domain.empty() && (host == domain || host.ends_with("." + domain));
}

bool is_exempt(const std::string& host, std::string_view entries) {
    auto plain = plain_host(without_brackets(host));
    auto address = IpAddress::parse(plain);
    for (std::size_t begin = 0; begin < entries.size();) {
        auto end = std::min(entries.find_first_of(kSeparators, begin), entries.size());
        if (end != begin && exempts(entries.substr(begin, end - begin), plain, address))
            return true;
        begin = end + 1;
    }
    return false;
}

} // namespace

std::string choose_proxy(const Url& url, const std::string& given, const Environment& environment) {
    if (given.empty() && url.is_loopback())
        return {};
    auto proxy = given;
    if (proxy.empty() && url.is_https())
        proxy = first_of({"https_proxy", "HTTPS_PROXY"}, environment);
    else if (proxy.empty())
        proxy = first_of({"http_proxy", "HTTP_PROXY"}, environment);
    if (proxy.empty())
        proxy = first_of({"all_proxy", "ALL_PROXY"}, environment);
    if (proxy.empty() || is_exempt(url.host(), first_of({"no_proxy", "NO_PROXY"}, environment)))
        return {};
    return proxy;
}

} // namespace cang::http
