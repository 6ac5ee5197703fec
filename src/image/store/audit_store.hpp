// The audit log: who did what, written in the transaction of the change itself. Nothing in it is ever changed.
#pragma once

#include "base/actor.hpp"
#include "image/store/repository_store.hpp"

namespace cang::store {

struct AuditRow {
    RowId row = 0; // grows with every event: the cursor of lists
    Timestamp at;
    Actor actor;
    std::string action;   // "project.create"
    std::string resource; // "team/app:1.0", "user alice"
    std::string project = {};
    std::string result = "ok"; // "ok", "denied", "failed"
    std::string message = {};
    std::string before = {}; // JSON objects, without secrets; empty: none
    std::string after = {};
};

// Empty members ask for everything. `text` is a part of actor, action, resource, address or message, whatever the case
// of its letters.
struct AuditFilter {
    std::string text;
    std::string actor;
    std::string action; // itself, or every one below it: "user" finds "user.create"
    std::string project;
    std::string result;
    std::optional<Timestamp> from; // inclusive
    std::optional<Timestamp> to;   // exclusive
};

class AuditStore {
public:
    explicit AuditStore(sql::Connection& connection) : connection_(connection) {}

    // Nothing happens for an actor without name: the server itself.
    void append(const AuditRow& event);
    // Newest first, those with a row below `before`.
    std::vector<AuditRow> list(const AuditFilter& filter, RowId before, std::size_t limit);
    std::uint64_t count(const AuditFilter& filter);
    std::uint64_t remove_before(Timestamp cutoff, std::size_t limit);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
