// The audit log: lists, of the server and of one project, and exports.

#include "api/v1/audit_export.hpp"
#include "api/v1/input.hpp"
#include "api/v1/routes.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace cang::api::v1 {

namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 3> kResults{"ok", "denied", "failed"};
constexpr std::array<std::string_view, 2> kFormats{"jsonl", "csv"};

store::AuditFilter filter_of(const http::Request& request) {
    store::AuditFilter filter{.text = text_query(request, "search"),
                              .actor = text_query(request, "actor"),
                              .action = text_query(request, "action"),
                              .project = text_query(request, "project"),
                              .result = {},
                              .from = time_query(request, "from"),
                              .to = time_query(request, "to")};
    if (auto result = text_query(request, "result"); !result.empty())
        filter.result = choice_query(request, "result", kResults);
    return filter;
}

awaitable<http::Response> reply_page(Context& context, http::Request& request, store::AuditFilter filter) {
    auto wanted = page_query(request);
    store::RowId before = 0;
    const auto* end = wanted.cursor.data() + wanted.cursor.size();
    auto [last, failure] = std::from_chars(wanted.cursor.data(), end, before);
    if (!wanted.cursor.empty() && (failure != std::errc() || last != end || before <= 0))
        throw Error(ErrorKind::invalid_argument, "cursor is not one that a page gave");
    auto page = co_await context.identity.audit.list(std::move(filter), before, wanted.limit);
    json::array items;
    for (const auto& event : page.events)
        items.push_back(document_of(event));
    co_return page_reply(std::move(items), page.total, page.next == 0 ? "" : std::to_string(page.next));
}

awaitable<http::Response> list_events(Context& context, http::Request& request) {
    co_return co_await reply_page(context, request, filter_of(request));
}

awaitable<http::Response> list_of_project(Context& context, http::Request& request) {
    auto filter = filter_of(request);
    filter.project = request.parameter("project");
    co_return co_await reply_page(context, request, std::move(filter));
}

awaitable<http::Response> export_events(Context& context, http::Request& request) {
    auto csv = choice_query(request, "format", kFormats) == "csv";
    http::Response response;
    response.headers.set("Content-Type", csv ? "text/csv; charset=utf-8; header=present" : "application/jsonl");
    response.headers.set("Content-Disposition",
                         csv ? "attachment; filename=\"audit.csv\"" : "attachment; filename=\"audit.jsonl\"");
    response.headers.set("Cache-Control", "no-store");
    auto reader = audit_reader(context.identity.audit, filter_of(request), csv);
    response.body = http::StreamBody{std::move(reader), std::nullopt};
    co_return response;
}

std::vector<Parameter> filter_parameters() {
    return {
        {"search", R"({"type":"string"})", "A part of actor, action, resource, address or message"},
        {"actor", R"({"type":"string"})", "Who did it"},
        {"action", R"({"type":"string"})", "What was done; \"user\" finds everything done to users"},
        {"project", R"({"type":"string"})", "To what belongs to this project"},
        {"result", R"({"type":"string","enum":["ok","denied","failed"]})", "How it ended"},
        {"from", R"({"type":"string","format":"date-time"})", "Not before"},
        {"to", R"({"type":"string","format":"date-time"})", "Before"},
    };
}

} // namespace

std::vector<Endpoint> audit_endpoints(Context& context) {
    auto list = [&context](http::Request& request) { return list_events(context, request); };
    auto project = [&context](http::Request& request) { return list_of_project(context, request); };
    auto events = [&context](http::Request& request) { return export_events(context, request); };
    auto list_query = filter_parameters();
    std::ranges::move(page_parameters(), std::back_inserter(list_query));
    auto export_query = filter_parameters();
    export_query.push_back(
        {"format", R"({"type":"string","enum":["jsonl","csv"],"default":"jsonl"})", "JSON lines or CSV (RFC 4180)"});
    using http::Method;
    constexpr auto group = "audit";
    return {
        {.route = {Method::get, "/api/v1/audit", "api.audit.list", "audit.read", list},
         .summary = "List who did what, newest first",
         .group = group,
         .query = list_query,
         .response = "AuditList"},
        {.route = {Method::get, "/api/v1/audit/export", "api.audit.export", "audit.read", events},
         .summary = "Export the audit log as CSV or JSON lines, newest first",
         .group = group,
         .query = std::move(export_query),
         .response_media = "application/jsonl"},
        {.route = {Method::get, "/api/v1/projects/{project}/audit", "api.projects.audit", "project.audit", project},
         .summary = "List who did what in a project, newest first",
         .group = group,
         .query = std::move(list_query),
         .response = "AuditList"},
    };
}

std::vector<Schema> audit_schemas() {
    return {
        {"AuditEvent",
         R"({"type":"object","required":["id","at","actor","via","address","requestId","action","resource",
"result"],"properties":{"id":{"type":"integer"},"at":{"type":"string","format":"date-time"},
"actor":{"type":"string"},"via":{"type":"string","description":"How the actor proved who they are"},
"address":{"type":"string"},"requestId":{"type":"string"},"action":{"type":"string"},"resource":{"type":"string"},
"project":{"type":"string"},"result":{"type":"string","enum":["ok","denied","failed"]},"message":{"type":"string"},
"before":{"type":"object"},"after":{"type":"object"}}})"},
        page_schema("AuditList", "AuditEvent"),
    };
}

} // namespace cang::api::v1
