#include "base/oci/foreign_text.hpp"

#include <fmt/format.h>

namespace cang::oci {

std::string show_foreign(std::string_view text) {
    constexpr std::size_t longest = 80;
    std::string result = "\"";
    for (unsigned char c : text.substr(0, longest)) {
        if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
            result += fmt::format("\\x{:02x}", c);
        else
            result.push_back(static_cast<char>(c));
    }
    return result + (text.size() > longest ? "…\"" : "\"");
}

} // namespace cang::oci
