#include "identity/audit_log.hpp"

#include <limits>

namespace cang::identity {

namespace {

constexpr std::size_t kRemovedAtOnce = 1'000;

store::RowId newest(store::RowId before) { return before == 0 ? std::numeric_limits<store::RowId>::max() : before; }

} // namespace

awaitable<void> AuditLog::append(store::AuditRow event) {
    event.at = clock_.now();
    auto write = [&event](sql::Connection& connection) { store::AuditStore(connection).append(event); };
    co_await database_.write(write);
}

awaitable<AuditPage> AuditLog::list(store::AuditFilter filter, store::RowId before, std::size_t limit) {
    auto look = [&](sql::Connection& connection) {
        store::AuditStore events(connection);
        AuditPage page{.events = events.list(filter, newest(before), limit + 1), .total = events.count(filter)};
        if (page.events.size() > limit) {
            page.events.pop_back();
            page.next = page.events.back().row;
        }
        return page;
    };
    co_return co_await database_.read_slowly(look);
}

awaitable<std::vector<store::AuditRow>> AuditLog::read(store::AuditFilter filter, store::RowId before,
                                                       std::size_t limit) {
    auto look = [&](sql::Connection& connection) {
        return store::AuditStore(connection).list(filter, newest(before), limit);
    };
    co_return co_await database_.read_slowly(look);
}

awaitable<void> AuditLog::remove_older_than(std::chrono::milliseconds age) {
    auto cutoff = clock_.now() - age;
    for (std::uint64_t removed = kRemovedAtOnce; removed == kRemovedAtOnce;) {
        auto change = [cutoff](sql::Connection& connection) {
            return store::AuditStore(connection).remove_before(cutoff, kRemovedAtOnce);
        };
        removed = co_await database_.write(change);
    }
}

} // namespace cang::identity
