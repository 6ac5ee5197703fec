// A list of outgoing targets, as an administrator writes it: addresses, ranges and host names. Pure.
#pragma once

#include "http/ip_address.hpp"

#include <vector>

namespace cang::http {

class OutgoingList {
public:
    // "10.0.0.0/8, ::1,registry.example,*.corp.example"; empty: nothing. *.corp.example holds every name below
    // corp.example, but not corp.example itself.
    static std::expected<OutgoingList, ParseError> parse(std::string_view text);

    // The entry that holds the address or the name of a host, as it was written; nullopt when there is none.
    std::optional<std::string> find(const IpAddress& address) const;
    std::optional<std::string> find(std::string_view host) const;

    // As parse() reads it.
    std::string to_string() const;

private:
    std::vector<IpRange> ranges_;
    std::vector<std::string> names_; // lower case
};

// Lower case, and without the dot at the end that makes no difference.
std::string plain_host(std::string_view host);

} // namespace cang::http
