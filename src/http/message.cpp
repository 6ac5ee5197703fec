#include "http/message.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>

namespace cang::http {

namespace {

struct MethodName {
    Method method;
    std::string_view name;
};

constexpr std::array kMethods{
    MethodName{Method::get, "GET"},         MethodName{Method::head, "HEAD"},   MethodName{Method::post, "POST"},
    MethodName{Method::put, "PUT"},         MethodName{Method::patch, "PATCH"}, MethodName{Method::delete_, "DELETE"},
    MethodName{Method::options, "OPTIONS"},
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

// RFC 9110 §5.6.2
bool is_token_char(char c) {
    bool alphanumeric = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
    return alphanumeric || (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

void check_field(std::string_view name, std::string_view value) {
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_token_char))
        throw Error(ErrorKind::invalid_argument, "a header field name holds a character that is not allowed");
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
        throw Error(ErrorKind::invalid_argument, "the value of a header field holds a line break or NUL");
}

} // namespace

std::string_view to_string(Method method) {
    auto row = std::ranges::find(kMethods, method, &MethodName::method);
    return row == kMethods.end() ? std::string_view() : row->name;
}

std::optional<Method> parse_method(std::string_view text) {
    auto row = std::ranges::find(kMethods, text, &MethodName::name);
    if (row == kMethods.end())
        return std::nullopt;
    return row->method;
}

Fields::Fields(std::initializer_list<std::pair<std::string, std::string>> fields) {
    fields_.reserve(fields.size());
    for (const auto& [name, value] : fields)
        add(name, value);
}

std::string_view Fields::get(std::string_view name) const {
    for (const auto& [key, value] : fields_)
        if (same_name(key, name))
            return value;
    return {};
}

bool Fields::has(std::string_view name) const {
    return std::ranges::any_of(fields_, [&](const auto& field) { return same_name(field.first, name); });
}

std::vector<std::string_view> Fields::get_all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& [key, value] : fields_)
        if (same_name(key, name))
            values.push_back(value);
    return values;
}

void Fields::add(std::string name, std::string value) {
    check_field(name, value);
    fields_.emplace_back(std::move(name), std::move(value));
}

void Fields::set(std::string name, std::string value) {
    check_field(name, value);
    erase(name);
    fields_.emplace_back(std::move(name), std::move(value));
}

void Fields::erase(std::string_view name) {
    std::erase_if(fields_, [&](const auto& field) { return same_name(field.first, name); });
}

} // namespace cang::http
