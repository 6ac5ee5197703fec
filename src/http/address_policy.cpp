#include "http/address_policy.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::http {

namespace {

// What is not the public internet: the special-purpose registries of IANA, and where clouds keep their secrets. The
// first row that fits counts.
struct SpecialRow {
    const char* range;
    const char* what;
    bool private_network; // somebody's own: open to who is trusted by name
};
constexpr SpecialRow kSpecial[] = {
    {"169.254.169.254", "a cloud metadata address", false},
    {"100.100.100.200", "a cloud metadata address", false},
    {"168.63.129.16", "a cloud metadata address", false},
    {"fd00:ec2::254", "a cloud metadata address", false},
    {"0.0.0.0/8", "an unspecified address", false},
    {"10.0.0.0/8", "a private address", true},
    {"100.64.0.0/10", "a carrier's private address", true},
    {"127.0.0.0/8", "a loopback address", true},
    {"169.254.0.0/16", "a link-local address", false},
    {"172.16.0.0/12", "a private address", true},
    {"192.0.0.0/24", "a reserved address", false},
    {"192.0.2.0/24", "a documentation address", false},
    {"192.88.99.0/24", "a reserved address", false},
    {"192.168.0.0/16", "a private address", true},
    {"198.18.0.0/15", "a benchmarking address", false},
    {"198.51.100.0/24", "a documentation address", false},
    {"203.0.113.0/24", "a documentation address", false},
    {"224.0.0.0/4", "a multicast address", false},
    {"255.255.255.255", "the broadcast address", false},
    {"240.0.0.0/4", "a reserved address", false},
    {"::", "an unspecified address", false},
    {"::1", "a loopback address", true},
    {"::/96", "a reserved address", false}, // IPv4-compatible
    {"::ffff:0:0:0/96", "a translated address", false},
    {"64:ff9b:1::/48", "a translated address", false},
    {"100::/64", "a discarded address", false},
    {"2001::/32", "a tunnelled address", false}, // Teredo
    {"2001:2::/48", "a benchmarking address", false},
    {"2001:10::/28", "a reserved address", false},
    {"2001:20::/28", "a reserved address", false},
    {"2001:db8::/32", "a documentation address", false},
    {"3fff::/20", "a documentation address", false},
    {"5f00::/16", "a reserved address", false},
    {"fc00::/7", "a private address", true},
    {"fe80::/10", "a link-local address", false},
    {"fec0::/10", "a private address", true},
    {"ff00::/8", "a multicast address", false},
};

struct Special {
    IpRange range;
    const SpecialRow* row;
};

const Special* find_special(const IpAddress& address) {
    static const std::vector<Special> table = [] {
        std::vector<Special> parsed;
        for (const auto& row : kSpecial)
            parsed.push_back({IpRange::parse(row.range).value(), &row});
        return parsed;
    }();
    auto found = std::ranges::find_if(table, [&](const Special& one) { return one.range.contains(address); });
    return found == table.end() ? nullptr : &*found;
}

std::optional<IpAddress> numeric(std::string host) {
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    return IpAddress::parse(host);
}

std::string denied(std::string_view what, std::string_view entry) {
    return fmt::format("{} is denied by --outgoing-deny {}; the server does not connect to it", what, entry);
}

std::optional<std::string> find(const OutgoingList& list, const IpAddress& address,
                                const std::optional<IpAddress>& inner) {
    auto entry = list.find(address);
    return entry || !inner ? entry : list.find(*inner);
}

} // namespace

std::optional<std::string> AddressPolicy::find_refusal(const OutgoingTarget& target) const {
    if (auto address = numeric(plain_host(target.host)))
        return find_refusal(target, *address);
    if (auto entry = deny_.find(target.host))
        return denied(plain_host(target.host), *entry);
    return std::nullopt;
}

std::optional<std::string> AddressPolicy::find_refusal(const OutgoingTarget& target, const IpAddress& address) const {
    if (auto entry = deny_.find(target.host))
        return denied(plain_host(target.host), *entry);
    auto inner = address.embedded();
    auto shown = inner ? fmt::format("{} ({})", address.to_string(), inner->to_string()) : address.to_string();
    if (auto entry = find(deny_, address, inner))
        return denied(shown, *entry);
    if (find(allow_, address, inner))
        return std::nullopt;
    const auto* special = find_special(address);
    if (special == nullptr && inner)
        special = find_special(*inner);
    if (special == nullptr)
        return std::nullopt;
    bool trusted = target.named || allow_.find(target.host).has_value();
    if (special->row->private_network && trusted)
        return std::nullopt;
    return fmt::format("{} is {}, which the server does not connect to; an administrator can allow it with "
                       "--outgoing-allow {}",
                       shown, special->row->what, special->range.to_string());
}

} // namespace cang::http
