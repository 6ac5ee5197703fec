#include "http/address_ranges.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>

namespace cang::http {

namespace {

constexpr std::size_t kMappedBytes = 12;
constexpr std::array<std::uint8_t, kMappedBytes> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::string_view kSeparators = ", \t";

struct Word {
    std::string_view name;
    std::vector<std::string_view> ranges;
};

const std::vector<Word>& words() {
    static const std::vector<Word> all{
        {"loopback", {"127.0.0.0/8", "::1"}},
        {"private", {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}},
    };
    return all;
}

bool is_mapped(const AddressBytes& address) { return std::equal(kMapped.begin(), kMapped.end(), address.begin()); }

// The bits beyond the prefix are zero.
bool ends_with_zeros(const AddressBytes& address, unsigned bits) {
    for (unsigned bit = bits; bit < 128; ++bit)
        if ((address[bit / 8] >> (7 - bit % 8) & 1) != 0)
            return false;
    return true;
}

} // namespace

std::optional<AddressBytes> parse_address(std::string_view text) {
    char copy[INET6_ADDRSTRLEN] = {};
    if (text.empty() || text.size() >= sizeof copy || text.find('\0') != std::string_view::npos)
        return std::nullopt;
    std::memcpy(copy, text.data(), text.size());
    AddressBytes address{};
    if (::inet_pton(AF_INET6, copy, address.data()) == 1)
        return address;
    std::ranges::copy(kMapped, address.begin());
    if (::inet_pton(AF_INET, copy, address.data() + kMappedBytes) == 1)
        return address;
    return std::nullopt;
}

std::string to_text(const AddressBytes& address) {
    char text[INET6_ADDRSTRLEN] = {};
    if (is_mapped(address))
        ::inet_ntop(AF_INET, address.data() + kMappedBytes, text, sizeof text);
    else
        ::inet_ntop(AF_INET6, address.data(), text, sizeof text);
    return text;
}

std::expected<AddressRanges::Range, ParseError> AddressRanges::parse_range(std::string_view word,
                                                                           std::size_t position) {
    auto slash = std::min(word.find('/'), word.size());
    auto address = parse_address(word.substr(0, slash));
    if (!address)
        return std::unexpected(ParseError{
            fmt::format("\"{}\" is not an address, a range such as 10.0.0.0/8, loopback or private", word), position});
    unsigned base = word.substr(0, slash).find(':') == std::string_view::npos ? 96 : 0;
    unsigned bits = 128;
    if (slash < word.size()) {
        auto length = word.substr(slash + 1);
        auto [end, failure] = std::from_chars(length.data(), length.data() + length.size(), bits);
        if (failure != std::errc{} || end != length.data() + length.size() || bits > 128 - base)
            return std::unexpected(
                ParseError{fmt::format("\"{}\" ends with a number from 0 to {}", word, 128 - base), position});
        bits += base;
    }
    if (!ends_with_zeros(*address, bits))
        return std::unexpected(ParseError{fmt::format("\"{}\" has bits of a host behind its prefix", word), position});
    return Range{*address, bits};
}

std::expected<std::vector<AddressRanges::Range>, ParseError> AddressRanges::parse_ranges(std::string_view word,
                                                                                         std::size_t position) {
    std::vector<std::string_view> parts{word};
    for (const auto& known : words())
        if (known.name == word)
            parts = known.ranges;
    std::vector<Range> ranges;
    for (auto part : parts) {
        auto range = parse_range(part, position);
        if (!range)
            return std::unexpected(range.error());
        ranges.push_back(*range);
    }
    return ranges;
}

std::expected<AddressRanges, ParseError> AddressRanges::parse(std::string_view text) {
    AddressRanges all;
    for (std::size_t at = text.find_first_not_of(kSeparators); at != std::string_view::npos;) {
        auto end = std::min(text.find_first_of(kSeparators, at), text.size());
        auto ranges = parse_ranges(text.substr(at, end - at), at);
        if (!ranges)
            return std::unexpected(ranges.error());
        all.ranges_.insert(all.ranges_.end(), ranges->begin(), ranges->end());
        if (all.ranges_.size() > max_ranges)
            return std::unexpected(ParseError{fmt::format("more than {} ranges", max_ranges), at});
        at = text.find_first_not_of(kSeparators, end);
    }
    return all;
}

bool AddressRanges::contains(const AddressBytes& address) const noexcept {
    return std::ranges::any_of(ranges_, [&](const Range& range) {
        auto whole = range.bits / 8;
        if (!std::equal(address.begin(), address.begin() + whole, range.prefix.begin()))
            return false;
        auto rest = range.bits % 8;
        return rest == 0 || (address[whole] ^ range.prefix[whole]) >> (8 - rest) == 0;
    });
}

bool AddressRanges::contains(std::string_view address) const {
    auto parsed = parse_address(address);
    return parsed && contains(*parsed);
}

} // namespace cang::http
