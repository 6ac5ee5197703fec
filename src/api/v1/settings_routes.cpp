// The settings of the server, as they are now.

#include "api/v1/routes.hpp"

namespace cang::api::v1 {

namespace {

awaitable<http::Response> list_settings(Context& context) {
    boost::json::array items;
    for (const auto& setting : context.settings ? context.settings() : std::vector<settings::SettingView>())
        items.push_back({{"key", setting.key},
                         {"value", setting.value},
                         {"source", setting.source},
                         {"reloadable", setting.reloadable},
                         {"description", setting.description}});
    co_return json_reply(200, {{"items", std::move(items)}});
}

} // namespace

std::vector<Endpoint> settings_endpoints(Context& context) {
    auto list = [&context](http::Request&) { return list_settings(context); };
    return {{.route = {http::Method::get, "/api/v1/settings", "api.settings.list", "settings.read", list},
             .summary = "List the settings of the server",
             .group = "system",
             .response = "SettingList"}};
}

std::vector<Schema> settings_schemas() {
    return {
        {"Setting", R"({"type":"object","required":["key","value","source","reloadable","description"],"properties":{
"key":{"type":"string","description":"Section and name, as in the configuration file"},
"value":{"type":"string","description":"Masked when it is a secret"},
"source":{"type":"string","enum":["default","file","environment","flag"]},
"reloadable":{"type":"boolean","description":"Whether a change takes effect without a restart"},
"description":{"type":"string"}}})"},
        {"SettingList", R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{
"$ref":"#/components/schemas/Setting"}}}})"}};
}

} // namespace cang::api::v1
