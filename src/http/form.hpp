// application/x-www-form-urlencoded bodies. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cang::http {

using Form = std::vector<std::pair<std::string, std::string>>;

// What has a bad escape is empty.
Form parse_form(std::string_view body);
std::vector<std::string> form_values(const Form& form, std::string_view name);
std::string form_value(const Form& form, std::string_view name); // the first; empty when absent

} // namespace cang::http
