#include "transfer/upload_offset.hpp"

#include <charconv>

namespace cang::transfer {

std::optional<std::uint64_t> parse_upload_offset(std::string_view header) {
    constexpr std::uint64_t kHighest = (1ULL << 53) - 1; // what every JSON implementation keeps exact
    std::uint64_t value = 0;
    auto [end, failure] = std::from_chars(header.data(), header.data() + header.size(), value);
    if (header.empty() || failure != std::errc() || end != header.data() + header.size() || value > kHighest)
        return std::nullopt;
    return value;
}

} // namespace cang::transfer
