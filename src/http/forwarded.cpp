#include "http/forwarded.hpp"

#include <ranges>

namespace cang::http {

namespace {

// No request comes through more proxies than this.
constexpr std::size_t kMaxHops = 32;

std::string_view trim(std::string_view text) {
    auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]:4711".
std::optional<AddressBytes> parse_entry(std::string_view entry) {
    if (entry.starts_with('[')) {
        auto end = entry.find(']');
        return end == std::string_view::npos ? std::nullopt : parse_address(entry.substr(1, end - 1));
    }
    auto colon = entry.find(':');
    if (colon != std::string_view::npos && entry.find(':', colon + 1) == std::string_view::npos)
        entry = entry.substr(0, colon);
    return parse_address(entry);
}

} // namespace

std::string forwarded_client(std::string_view peer, std::span<const std::string_view> fields,
                             const AddressRanges& trusted) {
    std::string nearest(peer);
    std::size_t hops = 0;
    for (auto field : std::views::reverse(fields)) {
        for (bool more = true; more;) {
            auto comma = field.rfind(',');
            more = comma != std::string_view::npos;
            auto address = parse_entry(trim(more ? field.substr(comma + 1) : field));
            if (!address || ++hops > kMaxHops)
                return nearest;
            nearest = to_text(*address);
            if (!trusted.contains(*address))
                return nearest;
            field = field.substr(0, more ? comma : 0);
        }
    }
    return nearest;
}

} // namespace cang::http
