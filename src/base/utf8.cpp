#include "base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace cang {

namespace {

// How many bytes follow a leading byte, and the range of the first of them; size 0 for a byte that cannot lead.
struct Sequence {
    std::size_t following = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    bool valid = true;
};

Sequence sequence_of(unsigned char lead) noexcept {
    if (lead >= 0xc2 && lead <= 0xdf)
        return {1};
    if (lead == 0xe0)
        return {2, 0xa0};
    if (lead == 0xed)
        return {2, 0x80, 0x9f};
    if (lead >= 0xe1 && lead <= 0xef)
        return {2};
    if (lead == 0xf0)
        return {3, 0x90};
    if (lead >= 0xf1 && lead <= 0xf3)
        return {3};
    if (lead == 0xf4)
        return {3, 0x80, 0x8f};
    return {.valid = false};
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
    constexpr std::uint64_t kHighBits = 0x8080808080808080U;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t at = 0;
    while (at < text.size()) {
        std::uint64_t word = 0;
        if (text.size() - at >= sizeof word) {
            std::memcpy(&word, bytes + at, sizeof word);
            if ((word & kHighBits) == 0) {
                at += sizeof word;
                continue;
            }
        }
        auto lead = bytes[at++];
        if (lead < 0x80)
            continue;
        auto sequence = sequence_of(lead);
        if (!sequence.valid || text.size() - at < sequence.following)
            return false;
        if (bytes[at] < sequence.low || bytes[at] > sequence.high)
            return false;
        for (std::size_t i = 1; i < sequence.following; ++i)
            if ((bytes[at + i] & 0xc0) != 0x80)
                return false;
        at += sequence.following;
    }
    return true;
}

} // namespace cang
