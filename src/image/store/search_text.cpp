#include "image/store/search_text.hpp"

namespace cang::store {

std::string searchable(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::string search_pattern(const std::string& part) {
    std::string pattern = "%";
    for (char c : searchable(part)) {
        if (c == '%' || c == '_' || c == '\\')
            pattern.push_back('\\');
        pattern.push_back(c);
    }
    return pattern + "%";
}

} // namespace cang::store
