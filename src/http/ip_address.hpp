// Numeric IP addresses and ranges of them (CIDR). Pure.
#pragma once

#include "base/error.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

struct sockaddr;

namespace cang::http {

// One address. An IPv4 address written inside IPv6 (::ffff:127.0.0.1) is the IPv4 address: both reach the same peer.
class IpAddress {
public:
    // Four decimal numbers, or IPv6 without brackets and zone; nullopt for every other spelling (127.1, 0x7f000001).
    static std::optional<IpAddress> parse(std::string_view text);
    // nullopt for what is neither IPv4 nor IPv6.
    static std::optional<IpAddress> of(const sockaddr& address);

    bool is_v4() const noexcept { return size_ == 4; }
    // In network order: 4 or 16.
    std::span<const std::uint8_t> bytes() const noexcept { return {bytes_.data(), size_}; }
    // The IPv4 address that a translator or a tunnel on the way makes of it: NAT64 (64:ff9b::/96) and 6to4 (2002::/16).
    std::optional<IpAddress> embedded() const;
    std::string to_string() const;

    friend bool operator==(const IpAddress&, const IpAddress&) = default;

private:
    static IpAddress v4(const void* bytes);
    static IpAddress v6(const void* bytes);

    std::array<std::uint8_t, 16> bytes_{};
    std::size_t size_ = 0;
};

// The addresses that begin with the same bits. IPv4 and IPv6 are apart: ::/0 holds no IPv4 address.
class IpRange {
public:
    // "10.0.0.0/8", "fd00::/8"; an address without a length stands for itself. The bits behind the length are zero.
    static std::expected<IpRange, ParseError> parse(std::string_view text);

    bool contains(const IpAddress& address) const;
    const IpAddress& base() const noexcept { return base_; }
    // As parse() reads it; without a length when it is one address.
    std::string to_string() const;

    friend bool operator==(const IpRange&, const IpRange&) = default;

private:
    IpAddress base_;
    unsigned length_ = 0; // in bits
};

} // namespace cang::http
