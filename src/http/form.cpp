#include "http/form.hpp"

#include "http/message.hpp"

namespace cang::http {

namespace {

std::string decode_form(std::string_view text) {
    std::string spaced(text);
    for (auto& letter : spaced)
        letter = letter == '+' ? ' ' : letter;
    return percent_decode(spaced).value_or("");
}

} // namespace

Form parse_form(std::string_view body) {
    Form form;
    while (!body.empty()) {
        auto end = body.find('&');
        auto pair = body.substr(0, end);
        body = end == std::string_view::npos ? std::string_view{} : body.substr(end + 1);
        auto equals = pair.find('=');
        auto value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
        form.emplace_back(decode_form(pair.substr(0, equals)), decode_form(value));
    }
    return form;
}

std::vector<std::string> form_values(const Form& form, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& [key, value] : form)
        if (key == name)
            values.push_back(value);
    return values;
}

std::string form_value(const Form& form, std::string_view name) {
    auto values = form_values(form, name);
    return values.empty() ? std::string() : values.front();
}

} // namespace cang::http
