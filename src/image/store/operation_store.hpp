// Operations and their numbered events as rows. What the states mean, and which may follow which, is operation/'s
// business; here they are text.
#pragma once

#include "image/store/repository_store.hpp"

namespace cang::store {

struct OperationRow {
    RowId row = 0; // grows with every operation: the cursor of lists
    std::string id;
    std::string type;
    std::string title;
    std::string state;
    std::string input;     // JSON object
    std::string resources; // JSON array of strings
    std::string requested_by;
    std::optional<std::string> idempotency_key;
    std::optional<std::string> retry_of;
    std::string result;   // JSON object; empty before the end
    std::string progress; // JSON object; empty before the first
    std::string error_kind;
    std::string error_message;
    bool resume = false;
    Timestamp created_at;
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> finished_at;
};

// Empty members ask for everything. `text` is a part of title, id or input, whatever the case of its letters.
struct OperationFilter {
    std::string type;
    std::string state;
    std::string requested_by;
    std::string text;
};

class OperationStore {
public:
    explicit OperationStore(sql::Connection& connection) : connection_(connection) {}

    RowId create(const OperationRow& operation);
    std::optional<OperationRow> find(const std::string& id);
    std::optional<OperationRow> find_by_key(const std::string& requested_by, const std::string& idempotency_key);
    // Newest first, those with a row below `before`.
    std::vector<OperationRow> list(const OperationFilter& filter, RowId before, std::size_t limit);
    std::uint64_t count(const OperationFilter& filter);
    // What a start of the server has to look after, oldest first: everything in one of these states or marked to
    // resume.
    std::vector<OperationRow> list_unfinished(const std::string& pending, const std::string& running, RowId after,
                                              std::size_t limit);
    // Writes state, result, error, resume and times.
    void update(const OperationRow& operation);
    void set_progress(RowId row, const std::string& progress);
    // Removes operations of the type that ended before `cutoff`, events too; returns how many.
    std::uint64_t remove_finished(const std::string& type, Timestamp cutoff, std::size_t limit);

private:
    sql::Connection& connection_;
};

struct OperationEventRow {
    std::uint64_t sequence = 0; // from 1 within its operation
    Timestamp at;
    std::string kind;
    std::string payload; // JSON object
};

class OperationEventStore {
public:
    explicit OperationEventStore(sql::Connection& connection) : connection_(connection) {}

    void append(RowId operation, const OperationEventRow& event);
    std::uint64_t last_sequence(RowId operation); // 0 without events
    std::vector<OperationEventRow> list(const std::string& operation, std::uint64_t after, std::size_t limit);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
