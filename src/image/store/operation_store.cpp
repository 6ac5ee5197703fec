#include "image/store/operation_store.hpp"

#include "image/store/search_text.hpp"

#include <fmt/format.h>

namespace cang::store {

namespace {

// In the order of OperationRow.
constexpr std::string_view kColumns =
    "id, operation_id, type, title, state, input, resources, requested_by, idempotency_key, retry_of, result, "
    "progress, error_kind, error_message, resume, created_at, started_at, finished_at";

constexpr std::string_view kMatches =
    "(CAST(:any_type AS TEXT) = '' OR type = :type) AND (CAST(:any_state AS TEXT) = '' OR state = :state) "
    "AND (CAST(:anybody AS TEXT) = '' OR requested_by = :requested_by) "
    "AND (CAST(:any_text AS TEXT) = '' OR search_text LIKE :pattern ESCAPE '\\')";

using Text = std::string;
using MaybeText = std::optional<std::string>;
using MaybeTime = std::optional<std::int64_t>;
using Columns = std::tuple<RowId, Text, Text, Text, Text, Text, Text, Text, MaybeText, MaybeText, Text, Text, Text,
                           Text, std::int64_t, std::int64_t, MaybeTime, MaybeTime>;

std::optional<Timestamp> to_time(MaybeTime millis) {
    return millis ? std::optional(from_millis(*millis)) : std::nullopt;
}

MaybeTime to_maybe_millis(std::optional<Timestamp> time) {
    return time ? std::optional(to_millis(*time)) : std::nullopt;
}

OperationRow to_row(Columns columns) {
    auto& [row, id, type, title, state, input, resources, requested_by, key, retry_of, result, progress, error_kind,
           error_message, resume, created_at, started_at, finished_at] = columns;
    return {.row = row,
            .id = std::move(id),
            .type = std::move(type),
            .title = std::move(title),
            .state = std::move(state),
            .input = std::move(input),
            .resources = std::move(resources),
            .requested_by = std::move(requested_by),
            .idempotency_key = std::move(key),
            .retry_of = std::move(retry_of),
            .result = std::move(result),
            .progress = std::move(progress),
            .error_kind = std::move(error_kind),
            .error_message = std::move(error_message),
            .resume = resume != 0,
            .created_at = from_millis(created_at),
            .started_at = to_time(started_at),
            .finished_at = to_time(finished_at)};
}

template <typename... Parameters>
std::vector<OperationRow> read_rows(sql::Connection& connection, std::string_view query,
                                    const Parameters&... parameters) {
    std::vector<OperationRow> rows;
    auto visit = [&rows](Columns columns) { rows.push_back(to_row(std::move(columns))); };
    connection.each<RowId, Text, Text, Text, Text, Text, Text, Text, MaybeText, MaybeText, Text, Text, Text, Text,
                    std::int64_t, std::int64_t, MaybeTime, MaybeTime>(query, visit, parameters...);
    return rows;
}

std::optional<OperationRow> first_of(std::vector<OperationRow> rows) {
    return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

} // namespace

RowId OperationStore::create(const OperationRow& operation) {
    auto search_text = searchable(operation.title + "\n" + operation.id + "\n" + operation.input);
    auto row = connection_.find<RowId>(
        "INSERT INTO operations (operation_id, type, title, state, input, resources, requested_by, idempotency_key, "
        "retry_of, result, progress, error_kind, error_message, search_text, resume, created_at, started_at, "
        "finished_at) VALUES (:id, :type, :title, :state, :input, :resources, :requested_by, :key, :retry_of, :result, "
        ":progress, :error_kind, :error_message, :search_text, :resume, :created_at, :started_at, :finished_at) "
        "RETURNING id",
        operation.id, operation.type, operation.title, operation.state, operation.input, operation.resources,
        operation.requested_by, operation.idempotency_key, operation.retry_of, operation.result, operation.progress,
        operation.error_kind, operation.error_message, search_text, operation.resume ? 1 : 0,
        to_millis(operation.created_at), to_maybe_millis(operation.started_at), to_maybe_millis(operation.finished_at));
    return row.value();
}

std::optional<OperationRow> OperationStore::find(const std::string& id) {
    static const auto query = fmt::format("SELECT {} FROM operations WHERE operation_id = :id", kColumns);
    return first_of(read_rows(connection_, query, id));
}

std::optional<OperationRow> OperationStore::find_by_key(const std::string& requested_by,
                                                        const std::string& idempotency_key) {
    static const auto query = fmt::format(
        "SELECT {} FROM operations WHERE requested_by = :requested_by AND idempotency_key = :key", kColumns);
    return first_of(read_rows(connection_, query, requested_by, idempotency_key));
}

std::vector<OperationRow> OperationStore::list(const OperationFilter& filter, RowId before, std::size_t limit) {
    static const auto query = fmt::format(
        "SELECT {} FROM operations WHERE id < :before AND {} ORDER BY id DESC LIMIT :limit", kColumns, kMatches);
    return read_rows(connection_, query, before, filter.type, filter.type, filter.state, filter.state,
                     filter.requested_by, filter.requested_by, filter.text, search_pattern(filter.text), limit);
}

std::uint64_t OperationStore::count(const OperationFilter& filter) {
    static const auto query = fmt::format("SELECT COUNT(*) FROM operations WHERE {}", kMatches);
    return connection_
        .find<std::uint64_t>(query, filter.type, filter.type, filter.state, filter.state, filter.requested_by,
                             filter.requested_by, filter.text, search_pattern(filter.text))
        .value();
}

std::vector<OperationRow> OperationStore::list_unfinished(const std::string& pending, const std::string& running,
                                                          RowId after, std::size_t limit) {
    static const auto query = fmt::format("SELECT {} FROM operations WHERE id > :after AND (state = :pending "
                                          "OR state = :running OR resume = 1) ORDER BY id LIMIT :limit",
                                          kColumns);
    return read_rows(connection_, query, after, pending, running, limit);
}

void OperationStore::update(const OperationRow& operation) {
    connection_.execute("UPDATE operations SET state = :state, result = :result, error_kind = :error_kind, "
                        "error_message = :error_message, resume = :resume, started_at = :started_at, "
                        "finished_at = :finished_at WHERE id = :row",
                        operation.state, operation.result, operation.error_kind, operation.error_message,
                        operation.resume ? 1 : 0, to_maybe_millis(operation.started_at),
                        to_maybe_millis(operation.finished_at), operation.row);
}

void OperationStore::set_progress(RowId row, const std::string& progress) {
    connection_.execute("UPDATE operations SET progress = :progress WHERE id = :row", progress, row);
}

std::uint64_t OperationStore::remove_finished(const std::string& type, Timestamp cutoff, std::size_t limit) {
    return connection_.execute("DELETE FROM operations WHERE id IN (SELECT id FROM operations WHERE type = :type "
                               "AND finished_at < :cutoff AND resume = 0 ORDER BY finished_at LIMIT :limit)",
                               type, to_millis(cutoff), limit);
}

void OperationEventStore::append(RowId operation, const OperationEventRow& event) {
    connection_.execute("INSERT INTO operation_events (operation_id, sequence, at, kind, payload) "
                        "VALUES (:operation, :sequence, :at, :kind, :payload)",
                        operation, event.sequence, to_millis(event.at), event.kind, event.payload);
}

std::uint64_t OperationEventStore::last_sequence(RowId operation) {
    return connection_
        .find<std::uint64_t>("SELECT COALESCE(MAX(sequence), 0) FROM operation_events WHERE operation_id = :operation",
                             operation)
        .value();
}

std::vector<OperationEventRow> OperationEventStore::list(const std::string& operation, std::uint64_t after,
                                                         std::size_t limit) {
    std::vector<OperationEventRow> rows;
    auto visit = [&rows](std::tuple<std::uint64_t, std::int64_t, std::string, std::string> columns) {
        auto& [sequence, at, kind, payload] = columns;
        rows.push_back({sequence, from_millis(at), std::move(kind), std::move(payload)});
    };
    connection_.each<std::uint64_t, std::int64_t, std::string, std::string>(
        "SELECT sequence, at, kind, payload FROM operation_events "
        "WHERE operation_id = (SELECT id FROM operations WHERE operation_id = :operation) AND sequence > :after "
        "ORDER BY sequence LIMIT :limit",
        visit, operation, after, limit);
    return rows;
}

} // namespace cang::store
