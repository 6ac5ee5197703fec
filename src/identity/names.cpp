#include "identity/names.hpp"

#include "base/error.hpp"
#include "base/oci/reference.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::identity {

namespace {

bool is_name_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           std::string_view("._-@+").find(letter) != std::string_view::npos;
}

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; }

} // namespace

void require_user_name(const std::string& name) {
    if (name.empty() || name.size() > kMaxName || !std::ranges::all_of(name, is_name_letter) || name.front() == '-')
        throw Error(ErrorKind::invalid_argument,
                    "name: at most 128 letters, digits and . _ - @ +, the first of them no -");
}

void require_project_name(const std::string& name) {
    if (name.find('/') != std::string::npos || name.size() > kMaxName || !oci::is_valid_repository(name))
        throw Error(ErrorKind::invalid_argument, "name: a project is named by lower-case letters and digits, with . _ "
                                                 "or - between them, at most 128 characters");
}

void require_robot_name(const std::string& name) {
    if (name.find('/') != std::string::npos || name.size() > kMaxName || !oci::is_valid_repository(name))
        throw Error(ErrorKind::invalid_argument, "name: a robot is named by lower-case letters and digits, with . _ or "
                                                 "- between them, at most 128 characters");
}

void require_label(std::string_view field, const std::string& text, std::size_t longest) {
    if (text.size() > longest)
        throw Error(ErrorKind::invalid_argument, fmt::format("{}: at most {} bytes", field, longest));
    if (!is_utf8(text) || std::ranges::any_of(text, is_control))
        throw Error(ErrorKind::invalid_argument, fmt::format("{}: has a control character or is no UTF-8", field));
}

std::string user_name_of(std::string_view wanted) {
    std::string name;
    for (char letter : wanted.substr(0, kMaxName - 8))
        name.push_back(is_name_letter(letter) ? letter : '-');
    name.erase(0, name.find_first_not_of('-'));
    return name.empty() ? std::string("user") : name;
}

std::string label_of(std::string_view wanted) {
    std::string text(wanted.substr(0, kMaxLabel));
    std::erase_if(text, is_control);
    while (!text.empty() && !is_utf8(text))
        text.pop_back();
    return text;
}

} // namespace cang::identity
