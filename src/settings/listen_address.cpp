#include "settings/listen_address.hpp"

#include <charconv>

namespace cang::settings {

std::expected<ListenAddress, ParseError> parse_listen(std::string_view text) {
    auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::unexpected(ParseError{"an address is HOST:PORT", text.size()});
    auto host = text.substr(0, colon);
    auto port = text.substr(colon + 1);
    ListenAddress address;
    auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (port.empty() || failure != std::errc{} || end != port.data() + port.size())
        return std::unexpected(ParseError{"the port is a number from 0 to 65535", colon + 1});
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return std::unexpected(ParseError{"an IPv6 address stands in brackets", 0});
    address.host = host.empty() ? "::" : std::string(host);
    return address;
}

} // namespace cang::settings
