#include "settings/description.hpp"

#include "settings/setting.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::settings {

namespace {

boost::json::value default_of(const Setting& setting) {
    if (setting.kind == Kind::boolean)
        return setting.default_text == "true";
    if (setting.kind == Kind::number)
        return std::stoull(std::string(setting.default_text));
    return boost::json::string(setting.default_text);
}

boost::json::object schema_of(const Setting& setting) {
    boost::json::object schema{{"description", help_of(setting)}};
    switch (setting.kind) {
    case Kind::text: schema["type"] = "string"; break;
    case Kind::choice:
        for (auto choice : choices_of(setting))
            schema.emplace("enum", boost::json::array()).first->value().as_array().emplace_back(choice);
        break;
    case Kind::boolean: schema["type"] = "boolean"; break;
    case Kind::number:
        schema["type"] = "integer";
        schema["minimum"] = setting.lowest;
        schema["maximum"] = setting.highest;
        break;
    case Kind::duration:
        schema["type"] = {"string", "integer"};
        schema["pattern"] = "^([0-9]+(ms|s|m|h|d)|0)$";
        schema["maximum"] = 0; // of a number: nothing else goes without a unit
        break;
    case Kind::size:
        schema["type"] = {"string", "integer"};
        schema["pattern"] = "^[0-9]+([KMGT]i?)?B?$";
        schema["minimum"] = 0;
        break;
    case Kind::list:
        schema["type"] = {"array", "string"};
        schema["items"] = {{"type", "string"}};
        break;
    }
    if (!setting.default_text.empty())
        schema["default"] = default_of(setting);
    return schema;
}

boost::json::object object_schema(boost::json::object properties) {
    return {{"type", {"object", "null"}}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

void indent(std::string& out, std::size_t depth) { out.append("\n").append(2 * depth, ' '); }

// Boost.JSON writes all in one line.
void print(std::string& out, const boost::json::value& value, std::size_t depth) {
    const auto* object = value.if_object();
    if (object == nullptr || object->empty()) {
        out += boost::json::serialize(value);
        return;
    }
    std::string_view separator = "{";
    for (const auto& member : *object) {
        out += separator;
        separator = ",";
        indent(out, depth + 1);
        out += boost::json::serialize(boost::json::string(member.key())) + ": ";
        print(out, member.value(), depth + 1);
    }
    indent(out, depth);
    out += "}";
}

std::string cell(std::string_view text) {
    std::string escaped;
    for (char c : text)
        escaped += c == '|' ? std::string("\\|") : std::string(1, c);
    return escaped;
}

} // namespace

std::string json_schema() {
    boost::json::object all;
    for (const auto& section : sections()) {
        boost::json::object properties;
        for (const auto& setting : table())
            if (setting.section == section.name)
                properties[setting.name] = schema_of(setting);
        all[section.name] = object_schema(std::move(properties));
    }
    boost::json::object root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                             {"title", "Configuration of cang serve"}};
    for (auto& member : object_schema(std::move(all)))
        root[member.key()] = std::move(member.value());
    std::string text;
    print(text, root, 0);
    return text + "\n";
}

std::string markdown() {
    std::string text;
    for (const auto& section : sections()) {
        text += fmt::format("### {}\n\n| key in `{}:` | default | reload | what it is |\n|---|---|---|---|\n",
                            section.title, section.name);
        for (const auto& setting : table()) {
            if (setting.section != section.name)
                continue;
            auto initial = setting.default_text.empty() ? "" : fmt::format("`{}`", setting.default_text);
            text += fmt::format("| `{}` | {} | {} | {} |\n", setting.name, initial, setting.reloadable ? "yes" : "",
                                cell(setting.help));
        }
        text += "\n";
    }
    return text;
}

} // namespace cang::settings
