#include "image/store/audit_store.hpp"

#include "image/store/search_text.hpp"

#include <fmt/format.h>

#include <limits>

namespace cang::store {

namespace {

// In the order of AuditRow.
constexpr std::string_view kColumns = "id, at, actor, via, address, request_id, action, resource, project, result, "
                                      "message, before_state, after_state";
constexpr std::string_view kMatches =
    "(CAST(:any_text AS TEXT) = '' OR search_text LIKE :pattern ESCAPE '\\') "
    "AND (CAST(:any_actor AS TEXT) = '' OR actor = :actor) "
    "AND (CAST(:any_action AS TEXT) = '' OR action = :action OR (action > :first_action AND action < :last_action)) "
    "AND (CAST(:any_project AS TEXT) = '' OR project = :project) "
    "AND (CAST(:any_result AS TEXT) = '' OR result = :result) AND at >= :from_time AND at < :to_time";

using Text = std::string;
using Columns = std::tuple<RowId, std::int64_t, Text, Text, Text, Text, Text, Text, Text, Text, Text, Text, Text>;

AuditRow to_row(Columns columns) {
    auto& [row, at, actor, via, address, request, action, resource, project, result, message, before, after] = columns;
    return {.row = row,
            .at = from_millis(at),
            .actor = {std::move(actor), std::move(via), std::move(address), std::move(request)},
            .action = std::move(action),
            .resource = std::move(resource),
            .project = std::move(project),
            .result = std::move(result),
            .message = std::move(message),
            .before = std::move(before),
            .after = std::move(after)};
}

std::int64_t bound(const std::optional<Timestamp>& time, std::int64_t otherwise) {
    return time ? to_millis(*time) : otherwise;
}

std::string search_text(const AuditRow& event) {
    return searchable(event.actor.name + "\n" + event.action + "\n" + event.resource + "\n" + event.actor.address +
                      "\n" + event.message);
}

// Calls `use` with the parameters of kMatches.
template <typename Use>
auto with_filter(const AuditFilter& filter, Use use) {
    return use(filter.text, search_pattern(filter.text), filter.actor, filter.actor, filter.action, filter.action,
               filter.action + ".", filter.action + "/", filter.project, filter.project, filter.result, filter.result,
               bound(filter.from, std::numeric_limits<std::int64_t>::min()),
               bound(filter.to, std::numeric_limits<std::int64_t>::max()));
}

} // namespace

void AuditStore::append(const AuditRow& event) {
    if (event.actor.name.empty())
        return;
    connection_.execute("INSERT INTO audit_events (at, actor, via, address, request_id, action, resource, project, "
                        "result, message, before_state, after_state, search_text) VALUES (:at, :actor, :via, "
                        ":address, :request_id, :action, :resource, :project, :result, :message, :before, :after, "
                        ":search_text)",
                        to_millis(event.at), event.actor.name, event.actor.via, event.actor.address,
                        event.actor.request_id, event.action, event.resource, event.project, event.result,
                        event.message, event.before, event.after, search_text(event));
}

std::vector<AuditRow> AuditStore::list(const AuditFilter& filter, RowId before, std::size_t limit) {
    static const auto query = fmt::format(
        "SELECT {} FROM audit_events WHERE {} AND id < :before ORDER BY id DESC LIMIT :limit", kColumns, kMatches);
    std::vector<AuditRow> rows;
    auto visit = [&rows](Columns columns) { rows.push_back(to_row(std::move(columns))); };
    with_filter(filter, [&](const auto&... parameters) {
        connection_.each<RowId, std::int64_t, Text, Text, Text, Text, Text, Text, Text, Text, Text, Text, Text>(
            query, visit, parameters..., before, limit);
    });
    return rows;
}

std::uint64_t AuditStore::count(const AuditFilter& filter) {
    static const auto query = fmt::format("SELECT COUNT(*) FROM audit_events WHERE {}", kMatches);
    return with_filter(filter, [&](const auto&... parameters) {
        return connection_.find<std::uint64_t>(query, parameters...).value();
    });
}

std::uint64_t AuditStore::remove_before(Timestamp cutoff, std::size_t limit) {
    return connection_.execute("DELETE FROM audit_events WHERE id IN "
                               "(SELECT id FROM audit_events WHERE at < :cutoff ORDER BY id LIMIT :limit)",
                               to_millis(cutoff), limit);
}

} // namespace cang::store
