// Operations: the history, the events of one, cancel and retry.

#include "api/v1/input.hpp"
#include "api/v1/own.hpp"
#include "api/v1/routes.hpp"
#include "operation/document.hpp"

#include <charconv>
#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

constexpr std::size_t kMaxEvents = 1'000;

// The history has a number as its cursor.
std::optional<std::int64_t> history_cursor(const std::string& text) {
    if (text.empty())
        return std::nullopt;
    std::int64_t value = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || value < 0)
        throw Error(ErrorKind::invalid_argument, "cursor is not one that a page gave");
    return value;
}

awaitable<http::Response> list_operations(Context& context, http::Request& request) {
    operation::HistoryQuery query;
    query.filter = {.type = text_query(request, "type"),
                    .state = text_query(request, "state"),
                    .requested_by = text_query(request, "requestedBy"),
                    .text = text_query(request, "search")};
    if (!query.filter.state.empty() && !operation::parse_state(query.filter.state))
        throw Error(ErrorKind::invalid_argument, "state must be pending, running, succeeded, failed, cancelled or "
                                                 "interrupted");
    if (auto owner = owner_for(context, request); !owner.empty())
        query.filter.requested_by = std::move(owner);
    auto wanted = page_query(request);
    query.cursor = history_cursor(wanted.cursor);
    query.limit = wanted.limit;
    auto page = co_await context.operations.history().list(std::move(query));
    boost::json::array items;
    for (const auto& operation : page.operations)
        items.push_back(document_of(operation));
    co_return page_reply(std::move(items), page.total, page.next ? std::to_string(*page.next) : "");
}

awaitable<http::Response> get_operation(Context& context, http::Request& request) {
    auto operation = co_await get_own_operation(context, request, request.parameter("id"));
    co_return json_reply(200, document_of(operation));
}

awaitable<http::Response> list_events(Context& context, http::Request& request) {
    auto after = number_query(request, "after", INT64_MAX).value_or(0);
    auto limit = number_query(request, "limit", kMaxEvents).value_or(kMaxEvents);
    auto& history = context.operations.history();
    auto operation = co_await get_own_operation(context, request, request.parameter("id"));
    auto events = co_await history.events_after(operation.id, after, limit);
    boost::json::array items;
    for (const auto& event : events)
        items.push_back(document_of(event));
    boost::json::object document{{"items", std::move(items)}};
    co_return json_reply(200, document);
}

awaitable<http::Response> post_cancel(Context& context, http::Request& request) {
    auto own = co_await get_own_operation(context, request, request.parameter("id"));
    store::AuditRow event{.at = {},
                          .actor = identity::actor_of(request),
                          .action = "operation.cancel",
                          .resource = own.spec.title,
                          .message = "operation " + own.id};
    co_await context.identity.audit.append(std::move(event));
    co_await context.operations.cancel(own.id);
    auto operation = co_await context.operations.history().get(request.parameter("id"));
    co_return json_reply(202, document_of(operation));
}

awaitable<http::Response> post_retry(Context& context, http::Request& request) {
    auto own = co_await get_own_operation(context, request, request.parameter("id"));
    auto started = co_await context.operations.retry(own.id, request.principal.name, identity::actor_of(request));
    auto operation = co_await context.operations.history().get(started.id);
    co_return accepted_reply("/api/v1/operations/" + operation.id, document_of(operation));
}

} // namespace

std::vector<Endpoint> operation_endpoints(Context& context) {
    using Handle = awaitable<http::Response> (*)(Context&, http::Request&);
    auto row = [&context](http::Method method, std::string path, std::string name, Handle handle) {
        auto bound = [&context, handle](http::Request& request) { return handle(context, request); };
        return http::Route{method, "/api/v1/operations" + path, "api.operations." + name, "operation.read", bound};
    };
    auto list_query = page_parameters();
    list_query.push_back({"type", R"({"type":"string"})", "Only those of this type"});
    list_query.push_back({"state", R"({"$ref":"#/components/schemas/OperationState"})", "Only those in this state"});
    list_query.push_back({"requestedBy", R"({"type":"string"})", "Only those of this user"});
    list_query.push_back({"search", R"({"type":"string"})", "A part of the title, the id or the input"});
    std::vector<Parameter> events_query{
        {"after", R"({"type":"integer","minimum":0,"default":0})", "Only events with a higher sequence"},
        {"limit", fmt::format(R"({{"type":"integer","minimum":1,"maximum":{}}})", kMaxEvents), "The most events"}};
    using http::Method;
    constexpr auto group = "operations";
    return {
        {.route = row(Method::get, "", "list", list_operations),
         .summary = "List operations, newest first",
         .group = group,
         .query = std::move(list_query),
         .response = "OperationPage"},
        {.route = row(Method::get, "/{id}", "get", get_operation),
         .summary = "Get an operation",
         .group = group,
         .response = "Operation"},
        {.route = row(Method::get, "/{id}/events", "events", list_events),
         .summary = "List the events of an operation",
         .group = group,
         .query = std::move(events_query),
         .response = "EventList"},
        {.route = row(Method::post, "/{id}/cancel", "cancel", post_cancel),
         .summary = "Ask an operation to stop",
         .group = group,
         .status = 202,
         .response = "Operation"},
        {.route = row(Method::post, "/{id}/retry", "retry", post_retry),
         .summary = "Start an operation that did not succeed again",
         .group = group,
         .status = 202,
         .response = "Operation"},
    };
}

std::vector<Schema> operation_schemas() {
    return {
        {"OperationState",
         R"({"type":"string","enum":["pending","running","succeeded","failed","cancelled","interrupted"]})"},
        {"Progress", R"({"type":"object","required":["done","parts"],"properties":{
"done":{"type":"integer"},"total":{"type":"integer"},"rate":{"type":"number","description":"A second"},
"secondsLeft":{"type":"integer"},"parts":{"type":"array","items":{"type":"object",
"required":["part","name","done"],"properties":{"part":{"type":"integer"},"parent":{"type":"integer"},
"name":{"type":"string"},"done":{"type":"integer"},"total":{"type":"integer"}}}}}})"},
        {"Failure", R"({"type":"object","required":["kind","message"],"properties":{"kind":{"type":"string"},
"message":{"type":"string"}}})"},
        {"Operation", R"({"type":"object",
"required":["id","type","title","state","input","resources","requestedBy","createdAt"],"properties":{
"id":{"type":"string"},"type":{"type":"string"},"title":{"type":"string"},
"state":{"$ref":"#/components/schemas/OperationState"},"input":{"type":"object"},
"resources":{"type":"array","items":{"type":"string"}},"requestedBy":{"type":"string"},
"createdAt":{"type":"string","format":"date-time"},"startedAt":{"type":"string","format":"date-time"},
"finishedAt":{"type":"string","format":"date-time"},"retryOf":{"type":"string"},
"progress":{"$ref":"#/components/schemas/Progress"},"result":{"type":"object"},
"error":{"$ref":"#/components/schemas/Failure"}}})"},
        page_schema("OperationPage", "Operation"),
        {"Event", R"({"type":"object","required":["sequence","at","kind","payload"],"properties":{
"sequence":{"type":"integer"},"at":{"type":"string","format":"date-time"},
"kind":{"type":"string","enum":["state","progress","log","result"]},"payload":{"type":"object"}}})"},
        {"EventList", R"({"type":"object","required":["items"],"properties":{"items":{"type":"array",
"items":{"$ref":"#/components/schemas/Event"}}}})"},
    };
}

} // namespace cang::api::v1
