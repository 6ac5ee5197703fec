// Reads the audit log, and writes what has no transaction of its own: what was refused or failed. Thread-safe.
#pragma once

#include "base/clock.hpp"
#include "image/store/audit_store.hpp"
#include "sql/database.hpp"

namespace cang::identity {

struct AuditPage {
    std::vector<store::AuditRow> events; // newest first
    std::uint64_t total = 0;
    store::RowId next = 0; // `before` of the next page; 0 on the last
};

class AuditLog {
public:
    AuditLog(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

    awaitable<void> append(store::AuditRow event); // `at` is set here
    // `before` 0: from the newest.
    awaitable<AuditPage> list(store::AuditFilter filter, store::RowId before, std::size_t limit);
    // The same without the total, for exports.
    awaitable<std::vector<store::AuditRow>> read(store::AuditFilter filter, store::RowId before, std::size_t limit);
    awaitable<void> remove_older_than(std::chrono::milliseconds age);

private:
    sql::Database& database_;
    const Clock& clock_;
};

} // namespace cang::identity
