// Private to this room: one operation under way. Lives on the control executor.
#pragma once

#include "async/task_group.hpp"
#include "async/turns.hpp"
#include "operation/event_hub.hpp"
#include "operation/operation_row.hpp"
#include "operation/type.hpp"
#include "sql/database.hpp"

namespace cang::operation {

// What all operations stand on.
struct Ground {
    sql::Database& database;
    const Clock& clock;
    asio::any_io_executor control;
    EventHub& hub;
};

// Why it should stop.
enum class Stop { none, cancelled, timed_out, interrupted };

class Execution final : public Context {
public:
    // `sequence` is that of the last stored event.
    Execution(Ground& ground, const Task& task, store::OperationRow row, std::uint64_t sequence);

    const std::string& id() const override { return row_.id; }
    const Spec& spec() const override { return operation_.spec; }
    Progress& progress() override { return progress_; }
    void log(std::string line) override;

    const Type& type() const { return task_.type; }

    // From running to the end; all is stored when it returns. Throws when the database fails.
    awaitable<void> run();
    // Stores the end of one that never ran.
    awaitable<void> end_unstarted();
    // Asks it to stop; the first reason counts.
    void stop(Stop reason);

private:
    awaitable<void> perform();
    awaitable<void> tick();
    awaitable<void> time_out();
    awaitable<void> finish();
    awaitable<void> tell_task();
    awaitable<void> flush(bool with_row);
    void add_event(EventKind kind, boost::json::object payload);
    void tell_progress();
    void judge();
    void end_as(State state, std::optional<Failure> failure);

    Ground& ground_;
    const Task& task_;
    store::OperationRow row_;
    Operation operation_;
    Progress progress_;
    std::optional<boost::json::object> result_;
    std::exception_ptr failure_;
    Stop stop_ = Stop::none;
    async::TaskGroup* working_ = nullptr; // while the work runs

    async::Turns writing_;
    std::deque<EventPtr> unwritten_;
    std::uint64_t sequence_;  // of the last event that was added
    std::uint64_t published_; // of the last event that was told
    std::size_t lines_ = 0;
    std::size_t lines_left_out_ = 0;
};

} // namespace cang::operation
