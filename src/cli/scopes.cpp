#include "cli/scopes.hpp"

#include "base/error.hpp"
#include "cli/document.hpp"
#include "cli/printable.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace json = boost::json;

void add_permission_option(OptionBuilder& builder, std::vector<std::string>& permissions, const std::string& help) {
    builder.option("-p,--permission", "[PROJECT:]PERMISSION", permissions, help);
}

json::array scopes_of(const std::vector<std::string>& permissions, const std::string& project) {
    json::array scopes;
    for (const auto& text : permissions) {
        auto colon = text.find(':');
        auto where = colon == std::string::npos ? project : text.substr(0, colon);
        auto permission = colon == std::string::npos ? text : text.substr(colon + 1);
        if (where.empty() || permission.empty())
            throw Error(ErrorKind::invalid_argument, fmt::format("--permission \"{}\" is not [PROJECT:]PERMISSION\n"
                                                                 "write image.pull or team:image.pull",
                                                                 text));
        auto scope = std::ranges::find_if(
            scopes, [&](const json::value& value) { return value.at("project").as_string() == where; });
        if (scope == scopes.end()) {
            scopes.push_back(json::object{{"project", where}, {"permissions", json::array()}});
            scope = scopes.end() - 1;
        }
        scope->at("permissions").as_array().emplace_back(permission);
    }
    return scopes;
}

std::string scopes_text(const json::object& document) {
    std::string text;
    const auto* scopes = document.if_contains("scopes");
    if (scopes == nullptr || !scopes->is_array())
        return text;
    for (const auto& value : scopes->get_array()) {
        const auto* scope = value.if_object();
        const auto* permissions = scope == nullptr ? nullptr : scope->if_contains("permissions");
        if (permissions == nullptr || !permissions->is_array())
            continue;
        text += fmt::format("{}{}:", text.empty() ? "" : "; ", text_of(*scope, "project"));
        std::string_view separator = " ";
        for (const auto& permission : permissions->get_array())
            if (permission.is_string())
                text += fmt::format("{}{}", std::exchange(separator, ", "), std::string_view(permission.get_string()));
    }
    return printable(text);
}

} // namespace cang::cli
