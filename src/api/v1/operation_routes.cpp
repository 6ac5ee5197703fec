// Operations: the history, the events of one, cancel and retry.

#include "api/v1/routes.hpp"
#include "base/error_kind.hpp"

#include <boost/json.hpp>
#include <charconv>

namespace cang::api::v1 {

namespace {

using operation::Operation;

constexpr std::size_t kDefaultPage = 50;
constexpr std::size_t kMaxPage = 500;
constexpr std::size_t kMaxText = 255;
constexpr std::size_t kMaxEvents = 1'000;

std::optional<std::int64_t> number_query(const http::Request& request, std::string_view name, std::int64_t highest) {
    auto text = request.query_value(name);
    if (!text)
        return std::nullopt;
    std::int64_t value = 0;
    auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (failure != std::errc() || end != text->data() + text->size() || value < 0 || value > highest)
        throw Error(ErrorKind::invalid_argument,
                    std::string(name) + " must be a number up to " + std::to_string(highest));
    return value;
}

std::string text_query(const http::Request& request, std::string_view name) {
    auto text = request.query_value(name).value_or("");
    if (text.size() > kMaxText)
        throw Error(ErrorKind::invalid_argument, std::string(name) + " is too long");
    return text;
}

std::size_t limit_query(const http::Request& request, std::size_t usual, std::size_t highest) {
    auto limit = number_query(request, "limit", static_cast<std::int64_t>(highest));
    return limit && *limit > 0 ? static_cast<std::size_t>(*limit) : usual;
}

boost::json::object document_of(const Operation& operation) {
    const auto& spec = operation.spec;
    boost::json::object document{{"id", operation.id},
                                 {"type", spec.type},
                                 {"title", spec.title},
                                 {"state", operation::to_string(operation.state)},
                                 {"input", spec.input},
                                 {"resources", boost::json::array(spec.resources.begin(), spec.resources.end())},
                                 {"requestedBy", spec.requested_by},
                                 {"createdAt", to_rfc3339(operation.created_at)}};
    if (spec.retry_of)
        document["retryOf"] = *spec.retry_of;
    if (operation.started_at)
        document["startedAt"] = to_rfc3339(*operation.started_at);
    if (operation.finished_at)
        document["finishedAt"] = to_rfc3339(*operation.finished_at);
    if (operation.progress)
        document["progress"] = *operation.progress;
    if (operation.result)
        document["result"] = *operation.result;
    if (operation.failure)
        document["error"] = boost::json::object{{"kind", error_kind_row(operation.failure->kind).name},
                                                {"message", operation.failure->message}};
    return document;
}

boost::json::object document_of(const operation::Event& event) {
    return {{"sequence", event.sequence},
            {"at", to_rfc3339(event.at)},
            {"kind", operation::to_string(event.kind)},
            {"payload", event.payload}};
}

http::Response json_of(int status, const boost::json::object& document) {
    return http::json_response(status, boost::json::serialize(document));
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
    query.cursor = number_query(request, "cursor", INT64_MAX);
    query.limit = limit_query(request, kDefaultPage, kMaxPage);
    auto page = co_await context.operations.history().list(std::move(query));
    boost::json::array list;
    for (const auto& operation : page.operations)
        list.push_back(document_of(operation));
    boost::json::object document{{"operations", std::move(list)}, {"total", page.total}};
    if (page.next)
        document["next"] = std::to_string(*page.next);
    co_return json_of(200, document);
}

awaitable<http::Response> get_operation(Context& context, http::Request& request) {
    auto operation = co_await context.operations.history().get(request.parameter("id"));
    co_return json_of(200, document_of(operation));
}

awaitable<http::Response> list_events(Context& context, http::Request& request) {
    auto after = number_query(request, "after", INT64_MAX).value_or(0);
    auto limit = limit_query(request, kMaxEvents, kMaxEvents);
    auto& history = context.operations.history();
    auto operation = co_await history.get(request.parameter("id"));
    auto events = co_await history.events_after(operation.id, static_cast<std::uint64_t>(after), limit);
    boost::json::array list;
    for (const auto& event : events)
        list.push_back(document_of(event));
    boost::json::object document{{"events", std::move(list)}};
    co_return json_of(200, document);
}

awaitable<http::Response> post_cancel(Context& context, http::Request& request) {
    co_await context.operations.cancel(request.parameter("id"));
    auto operation = co_await context.operations.history().get(request.parameter("id"));
    co_return json_of(202, document_of(operation));
}

awaitable<http::Response> post_retry(Context& context, http::Request& request) {
    auto started = co_await context.operations.retry(request.parameter("id"), request.principal.name);
    auto operation = co_await context.operations.history().get(started.id);
    auto response = json_of(202, document_of(operation));
    response.headers.set("Location", "/api/v1/operations/" + operation.id);
    co_return response;
}

} // namespace

std::vector<http::Route> operation_routes(Context& context) {
    using Handle = awaitable<http::Response> (*)(Context&, http::Request&);
    auto bind = [&context](Handle handle) -> http::Handler {
        return [&context, handle](http::Request& request) { return handle(context, request); };
    };
    using http::Method;
    constexpr auto admin = http::Access::admin;
    return {
        {Method::get, "/api/v1/operations", "api.operations.list", admin, bind(list_operations)},
        {Method::get, "/api/v1/operations/{id}", "api.operations.get", admin, bind(get_operation)},
        {Method::get, "/api/v1/operations/{id}/events", "api.operations.events", admin, bind(list_events)},
        {Method::post, "/api/v1/operations/{id}/cancel", "api.operations.cancel", admin, bind(post_cancel)},
        {Method::post, "/api/v1/operations/{id}/retry", "api.operations.retry", admin, bind(post_retry)},
    };
}

} // namespace cang::api::v1
