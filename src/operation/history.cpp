#include "operation/history.hpp"

#include "operation/operation_row.hpp"

#include <limits>

namespace cang::operation {

namespace {

// In one write, so that no write keeps the others waiting; an operation may take thousands of events with it.
constexpr std::size_t kRemovals = 50;

} // namespace

awaitable<std::optional<Operation>> History::find(std::string id) {
    auto look = [id = std::move(id)](sql::Connection& connection) {
        return store::OperationStore(connection).find(id);
    };
    auto row = co_await database_.read(std::move(look));
    if (!row)
        co_return std::nullopt;
    co_return to_operation(*row);
}

awaitable<Operation> History::get(std::string id) {
    auto found = co_await find(std::move(id));
    if (!found)
        throw Error(ErrorKind::not_found, "there is no such operation");
    co_return std::move(*found);
}

awaitable<HistoryPage> History::list(HistoryQuery query) {
    auto look = [query](sql::Connection& connection) {
        store::OperationStore store(connection);
        auto before = query.cursor.value_or(std::numeric_limits<std::int64_t>::max());
        return std::pair(store.list(query.filter, before, query.limit + 1), store.count(query.filter));
    };
    auto [rows, total] = co_await database_.read_slowly(std::move(look));
    HistoryPage page{.operations = {}, .total = total, .next = std::nullopt};
    bool more = rows.size() > query.limit;
    if (more)
        rows.pop_back();
    for (const auto& row : rows)
        page.operations.push_back(to_operation(row));
    if (more && !rows.empty())
        page.next = rows.back().row;
    co_return page;
}

awaitable<std::vector<Event>> History::events_after(std::string id, std::uint64_t sequence, std::size_t limit) {
    auto look = [id, sequence, limit](sql::Connection& connection) {
        return store::OperationEventStore(connection).list(id, sequence, limit);
    };
    auto rows = co_await database_.read(std::move(look));
    std::vector<Event> events;
    for (const auto& row : rows)
        events.push_back(to_event(id, row));
    co_return events;
}

awaitable<std::uint64_t> History::clean_up(std::vector<Type> types) {
    std::uint64_t removed = 0;
    for (const Type& type : types) {
        auto cutoff = clock_.now() - type.retention;
        std::uint64_t batch = kRemovals;
        while (batch == kRemovals) {
            auto remove = [name = std::string(type.name), cutoff](sql::Connection& connection) {
                return store::OperationStore(connection).remove_finished(name, cutoff, kRemovals);
            };
            batch = co_await database_.write(std::move(remove));
            removed += batch;
        }
    }
    co_return removed;
}

} // namespace cang::operation
