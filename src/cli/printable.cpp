#include "cli/printable.hpp"

namespace cang::cli {

namespace {

constexpr std::size_t kLongestText = 2000;

} // namespace

std::string printable(std::string_view text) {
    std::string line;
    for (char c : text.substr(0, kLongestText))
        line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return line;
}

} // namespace cang::cli
