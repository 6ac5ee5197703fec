#include "settings/byte_size.hpp"

#include <array>
#include <charconv>

namespace cang::settings {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t bytes;
};

constexpr std::uint64_t kKilo = 1000;
constexpr std::uint64_t kKibi = 1024;
constexpr std::array kUnits{Unit{"", 1},
                            Unit{"B", 1},
                            Unit{"KB", kKilo},
                            Unit{"MB", kKilo* kKilo},
                            Unit{"GB", kKilo* kKilo* kKilo},
                            Unit{"TB", kKilo* kKilo* kKilo* kKilo},
                            Unit{"KiB", kKibi},
                            Unit{"MiB", kKibi* kKibi},
                            Unit{"GiB", kKibi* kKibi* kKibi},
                            Unit{"TiB", kKibi* kKibi* kKibi* kKibi}};

} // namespace

std::expected<std::uint64_t, ParseError> parse_size(std::string_view text) {
    std::uint64_t count = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (failure == std::errc::result_out_of_range)
        return std::unexpected(ParseError{"the size is too large", 0});
    if (failure != std::errc{})
        return std::unexpected(ParseError{"a size starts with a number, as in 64KiB or 10GB", 0});
    auto position = static_cast<std::size_t>(end - text.data());
    for (const auto& unit : kUnits) {
        if (unit.name != text.substr(position))
            continue;
        if (count > UINT64_MAX / unit.bytes)
            return std::unexpected(ParseError{"the size is too large", 0});
        return count * unit.bytes;
    }
    return std::unexpected(ParseError{"a size ends with B, KiB, MiB, GiB, TiB, KB, MB, GB or TB", position});
}

} // namespace cang::settings
