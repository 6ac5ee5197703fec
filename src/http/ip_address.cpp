#include "http/ip_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>

namespace cang::http {

namespace {

// Longer than any address with any length behind it.
constexpr std::size_t kLongestText = 64;

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};   // ::ffff:0:0/96
constexpr std::array<std::uint8_t, 12> kNat64{0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}; // 64:ff9b::/96
constexpr std::array<std::uint8_t, 2> kSixToFour{0x20, 0x02};                               // 2002::/16
constexpr unsigned kMappedBits = 96;

bool begins_with(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> prefix) {
    return bytes.size() > prefix.size() && std::ranges::equal(bytes.first(prefix.size()), prefix);
}

std::unexpected<ParseError> fail(std::string reason, std::size_t position) {
    return std::unexpected(ParseError{std::move(reason), position});
}

std::optional<unsigned> parse_length(std::string_view text, std::size_t most) {
    unsigned length = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), length);
    bool whole = !text.empty() && failure == std::errc{} && end == text.data() + text.size();
    return whole && length <= most ? std::optional(length) : std::nullopt;
}

// Whether the first `length` bits are the same.
bool same_bits(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, unsigned length) {
    std::size_t whole = length / 8;
    if (!std::ranges::equal(a.first(whole), b.first(whole)))
        return false;
    unsigned rest = length % 8;
    return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

} // namespace

IpAddress IpAddress::v4(const void* bytes) {
    IpAddress address;
    address.size_ = 4;
    std::memcpy(address.bytes_.data(), bytes, address.size_);
    return address;
}

IpAddress IpAddress::v6(const void* bytes) {
    IpAddress address;
    address.size_ = 16;
    std::memcpy(address.bytes_.data(), bytes, address.size_);
    return begins_with(address.bytes_, kMapped) ? v4(address.bytes_.data() + kMapped.size()) : address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.size() > kLongestText || text.find('\0') != std::string_view::npos)
        return std::nullopt;
    std::string terminated(text);
    in_addr four{};
    if (::inet_pton(AF_INET, terminated.c_str(), &four) == 1)
        return v4(&four);
    in6_addr six{};
    if (::inet_pton(AF_INET6, terminated.c_str(), &six) == 1)
        return v6(&six);
    return std::nullopt;
}

std::optional<IpAddress> IpAddress::of(const sockaddr& address) {
    if (address.sa_family == AF_INET)
        return v4(&reinterpret_cast<const sockaddr_in&>(address).sin_addr);
    if (address.sa_family == AF_INET6)
        return v6(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
    return std::nullopt;
}

std::optional<IpAddress> IpAddress::embedded() const {
    if (begins_with(bytes(), kNat64))
        return v4(bytes_.data() + kNat64.size());
    if (!is_v4() && begins_with(bytes(), kSixToFour))
        return v4(bytes_.data() + kSixToFour.size());
    return std::nullopt;
}

std::string IpAddress::to_string() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size());
    return text.data();
}

std::expected<IpRange, ParseError> IpRange::parse(std::string_view text) {
    auto slash = text.find('/');
    auto written = text.substr(0, slash);
    auto address = IpAddress::parse(written);
    if (!address)
        return fail("an address is four decimal numbers, as in 192.0.2.1, or IPv6, as in 2001:db8::1", 0);
    IpRange range;
    range.base_ = *address;
    range.length_ = static_cast<unsigned>(address->bytes().size() * 8);
    if (slash == std::string_view::npos)
        return range;
    bool mapped = address->is_v4() && written.find(':') != std::string_view::npos;
    unsigned skipped = mapped ? kMappedBits : 0;
    auto length = parse_length(text.substr(slash + 1), range.length_ + skipped);
    if (!length || *length < skipped)
        return fail(fmt::format("the length of this range is a number from {} to {}", skipped, range.length_ + skipped),
                    slash + 1);
    range.length_ = *length - skipped;
    auto bytes = range.base_.bytes();
    for (std::size_t bit = range.length_; bit < bytes.size() * 8; ++bit)
        if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != 0)
            return fail("the range has bits behind its length; write zeros there, as in 10.0.0.0/8", 0);
    return range;
}

bool IpRange::contains(const IpAddress& address) const {
    return address.is_v4() == base_.is_v4() && same_bits(address.bytes(), base_.bytes(), length_);
}

std::string IpRange::to_string() const {
    bool alone = length_ == base_.bytes().size() * 8;
    return alone ? base_.to_string() : fmt::format("{}/{}", base_.to_string(), length_);
}

} // namespace cang::http
