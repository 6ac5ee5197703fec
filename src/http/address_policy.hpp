// Where the server may connect to when somebody else names the target. Pure.
//
// The decision is made on the address that is about to be connected to, so neither a name that changes its address
// (DNS rebinding) nor a redirect nor an odd spelling of an address gets around it.
//
// In this order: what the list of denied targets holds is refused; what the list of allowed ones holds is not; then
// addresses that are not of the public internet are refused. Private and loopback addresses are also allowed to a
// target that is trusted by its name: named by an administrator, or by name in the list of allowed ones. A name says
// who, not where, so it opens nothing else: link-local and metadata addresses need an address in the list.
#pragma once

#include "http/outgoing_list.hpp"

namespace cang::http {

// Code of the Error that a refusal becomes.
inline constexpr std::string_view kAddressRefused = "ADDRESS_REFUSED";

struct OutgoingTarget {
    std::string host;   // of the URL, IPv6 with or without brackets
    bool named = false; // this host and port were named by an administrator
};

class AddressPolicy {
public:
    // The lists are those of --outgoing-allow and --outgoing-deny, which the texts name.
    AddressPolicy(OutgoingList allow, OutgoingList deny) : allow_(std::move(allow)), deny_(std::move(deny)) {}

    // Why the target may not be connected to, as far as its name says it, or its address when that is what it is.
    // nullopt: its addresses decide.
    std::optional<std::string> find_refusal(const OutgoingTarget& target) const;
    // Why this address of it may not be connected to; nullopt: it may.
    std::optional<std::string> find_refusal(const OutgoingTarget& target, const IpAddress& address) const;

private:
    OutgoingList allow_;
    OutgoingList deny_;
};

} // namespace cang::http
