// Sets of IP addresses, as a list of ranges tells them: which peers are proxies of ours. Pure.
#pragma once

#include "base/error.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cang::http {

// IPv4 as ::ffff:a.b.c.d, so that both kinds compare as one.
using AddressBytes = std::array<std::uint8_t, 16>;

// Numeric addresses only, without brackets, port or zone.
std::optional<AddressBytes> parse_address(std::string_view text);
// "192.0.2.1" and not "::ffff:192.0.2.1"; RFC 5952 otherwise.
std::string to_text(const AddressBytes& address);

class AddressRanges {
public:
    static constexpr std::size_t max_ranges = 256;

    // "10.0.0.0/8, 2001:db8::/32, 192.0.2.7": separated by commas or spaces; may be empty. `loopback` and `private` are
    // words for the ranges that RFC 1122, 1918, 4193 and 4291 set aside.
    static std::expected<AddressRanges, ParseError> parse(std::string_view text);

    bool contains(const AddressBytes& address) const noexcept;
    // False for what is no address.
    bool contains(std::string_view address) const;
    bool empty() const noexcept { return ranges_.empty(); }

private:
    struct Range {
        AddressBytes prefix{};
        unsigned bits = 0;
    };
    static std::expected<std::vector<Range>, ParseError> parse_ranges(std::string_view word, std::size_t position);
    static std::expected<Range, ParseError> parse_range(std::string_view word, std::size_t position);

    std::vector<Range> ranges_;
};

} // namespace cang::http
