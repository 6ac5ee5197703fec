// The server itself.

#include "api/v1/routes.hpp"
#include "base/build.hpp"

namespace cang::api::v1 {

namespace {

awaitable<http::Response> get_system(Context& context) {
    const auto& system = context.system;
    auto uptime = std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - system.started);
    boost::json::object document{{"version", build_version()},
                                 {"commit", build_commit()},
                                 {"startedAt", to_rfc3339(system.started_at)},
                                 {"uptimeSeconds", uptime.count()},
                                 {"auth", system.auth},
                                 {"database", system.database},
                                 {"tls", system.tls},
                                 {"url", system.url}};
    co_return json_reply(200, document);
}

} // namespace

std::vector<Endpoint> system_endpoints(Context& context) {
    auto get = [&context](http::Request&) { return get_system(context); };
    return {{.route = {http::Method::get, "/api/v1/system", "api.system.get", "system.read", get},
             .summary = "Tell what server this is",
             .group = "system",
             .response = "System"}};
}

std::vector<Schema> system_schemas() {
    return {{"System", R"({"type":"object",
"required":["version","commit","startedAt","uptimeSeconds","auth","database","tls","url"],"properties":{
"version":{"type":"string"},"commit":{"type":"string"},"startedAt":{"type":"string","format":"date-time"},
"uptimeSeconds":{"type":"integer"},"auth":{"type":"string","enum":["token","basic","none"]},
"database":{"type":"string","enum":["sqlite","postgresql"]},"tls":{"type":"boolean"},
"url":{"type":"string","description":"Where clients reach the server"}}})"}};
}

} // namespace cang::api::v1
