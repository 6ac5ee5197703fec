// What was, is and will be done: reads operations and their events, and forgets old ones. From any thread and loop.
#pragma once

#include "image/store/operation_store.hpp"
#include "operation/type.hpp"
#include "sql/database.hpp"

namespace cang::operation {

struct HistoryQuery {
    store::OperationFilter filter;
    std::optional<std::int64_t> cursor; // `next` of the page before
    std::size_t limit = 50;
};

struct HistoryPage {
    std::vector<Operation> operations; // newest first
    std::uint64_t total = 0;           // that match, on all pages
    std::optional<std::int64_t> next;  // empty on the last page
};

class History {
public:
    History(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

    awaitable<std::optional<Operation>> find(std::string id);
    awaitable<Operation> get(std::string id); // throws Error{not_found}
    awaitable<HistoryPage> list(HistoryQuery query);
    // Stored events in order; empty for an unknown operation.
    awaitable<std::vector<Event>> events_after(std::string id, std::uint64_t sequence, std::size_t limit);
    // Removes what ended longer ago than its type keeps; returns how many.
    awaitable<std::uint64_t> clean_up(std::vector<Type> types);

private:
    sql::Database& database_;
    const Clock& clock_;
};

} // namespace cang::operation
