#include "operation/operation_row.hpp"

#include "base/error_kind.hpp"

#include <boost/json.hpp>

namespace cang::operation {

namespace {

namespace json = boost::json;

[[noreturn]] void throw_corrupt(const std::string& id) {
    throw Error(ErrorKind::corrupt, "the record of operation " + id + " is damaged");
}

json::value parse(const std::string& id, const std::string& text) {
    boost::system::error_code failure;
    auto value = json::parse(text, failure);
    if (failure)
        throw_corrupt(id);
    return value;
}

json::object parse_object(const std::string& id, const std::string& text) {
    auto value = parse(id, text);
    if (!value.is_object())
        throw_corrupt(id);
    return std::move(value.get_object());
}

std::optional<json::object> parse_optional(const std::string& id, const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(parse_object(id, text));
}

std::vector<std::string> parse_texts(const std::string& id, const std::string& text) {
    std::vector<std::string> texts;
    auto value = parse(id, text);
    if (!value.is_array())
        throw_corrupt(id);
    for (const auto& item : value.get_array()) {
        if (!item.is_string())
            throw_corrupt(id);
        texts.emplace_back(item.get_string());
    }
    return texts;
}

ErrorKind kind_of(const std::string& id, const std::string& name) {
    for (const auto& row : error_kind_table())
        if (row.name == name)
            return row.kind;
    throw_corrupt(id);
}

EventKind event_kind_of(const std::string& operation, const std::string& name) {
    for (auto kind : {EventKind::state, EventKind::progress, EventKind::log, EventKind::result})
        if (to_string(kind) == name)
            return kind;
    throw_corrupt(operation);
}

} // namespace

store::OperationRow pending_row(const Spec& spec, std::string id, Timestamp now) {
    json::array resources(spec.resources.begin(), spec.resources.end());
    store::OperationRow row;
    row.id = std::move(id);
    row.type = spec.type;
    row.title = spec.title;
    row.state = to_string(State::pending);
    row.input = json::serialize(spec.input);
    row.resources = json::serialize(resources);
    row.requested_by = spec.requested_by;
    row.idempotency_key = spec.idempotency_key;
    row.retry_of = spec.retry_of;
    row.created_at = now;
    return row;
}

Operation to_operation(const store::OperationRow& row) {
    auto state = parse_state(row.state);
    if (!state)
        throw_corrupt(row.id);
    Operation operation{.cursor = row.row,
                        .id = row.id,
                        .state = *state,
                        .spec = {.type = row.type,
                                 .title = row.title,
                                 .input = parse_object(row.id, row.input),
                                 .resources = parse_texts(row.id, row.resources),
                                 .requested_by = row.requested_by,
                                 .idempotency_key = row.idempotency_key,
                                 .retry_of = row.retry_of},
                        .result = parse_optional(row.id, row.result),
                        .failure = std::nullopt,
                        .progress = parse_optional(row.id, row.progress),
                        .created_at = row.created_at,
                        .started_at = row.started_at,
                        .finished_at = row.finished_at};
    if (!row.error_kind.empty())
        operation.failure = Failure{.kind = kind_of(row.id, row.error_kind), .message = row.error_message};
    return operation;
}

Event to_event(const std::string& operation, const store::OperationEventRow& row) {
    return {.operation = operation,
            .sequence = row.sequence,
            .at = row.at,
            .kind = event_kind_of(operation, row.kind),
            .payload = parse_object(operation, row.payload)};
}

store::OperationEventRow to_row(const Event& event) {
    return {.sequence = event.sequence,
            .at = event.at,
            .kind = std::string(to_string(event.kind)),
            .payload = json::serialize(event.payload)};
}

json::object state_payload(State state, const std::optional<Failure>& failure) {
    json::object payload{{"state", to_string(state)}};
    if (failure)
        payload["error"] = json::object{{"kind", error_kind_row(failure->kind).name}, {"message", failure->message}};
    return payload;
}

} // namespace cang::operation
