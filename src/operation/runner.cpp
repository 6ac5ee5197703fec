#include "operation/runner.hpp"

#include "image/store/audit_store.hpp"

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "operation/execution.hpp"
#include "operation/queue.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

namespace cang::operation {

namespace {

constexpr std::size_t kIdBytes = 10;          // random: unique without asking
constexpr std::size_t kMaxUnended = 10'000;   // waiting and running ones, to bound memory
constexpr std::size_t kRecoveredAtOnce = 100; // rows of one read

using ExecutionPtr = std::shared_ptr<Execution>;

} // namespace

struct Runner::State {
    State(sql::Database& database, const Clock& clock, asio::any_io_executor control, std::vector<Task> given)
        : ground{database, clock, std::move(control), hub}, history(database, clock), tasks(std::move(given)),
          running(ground.control) {}

    EventHub hub;
    Ground ground;
    History history;
    const std::vector<Task> tasks;
    std::atomic<bool> stopping{false};
    std::atomic<std::size_t> unended{0};
    // On the control executor:
    Queue queue;
    std::map<std::string, ExecutionPtr> executions; // waiting and running
    async::TaskGroup running;

    const Task* find_task(std::string_view type) const {
        for (const Task& task : tasks)
            if (task.type.name == type)
                return &task;
        return nullptr;
    }

    void admit(const ExecutionPtr& execution) {
        if (stopping)
            return;
        const auto& type = execution->type();
        executions[execution->id()] = execution;
        unended = executions.size();
        queue.add({execution->id(), std::string(type.name), type.concurrency, execution->spec().resources});
        start_what_can();
    }

    void start_what_can() {
        for (const auto& id : queue.take()) {
            auto execution = executions.at(id);
            running.spawn("operation " + id, [this, execution] { return see_through(execution, true); });
        }
    }

    // A failure that leaves it is the database's; the next start then finds the operation unended.
    awaitable<void> see_through(ExecutionPtr execution, bool started) {
        std::exception_ptr failure;
        try {
            if (started)
                co_await execution->run();
            else
                co_await execution->end_unstarted();
        } catch (...) {
            failure = std::current_exception();
        }
        executions.erase(execution->id());
        unended = executions.size();
        queue.release(execution->id());
        if (!stopping)
            start_what_can();
        if (failure)
            std::rethrow_exception(failure);
    }

    void cancel(const std::string& id) {
        auto found = executions.find(id);
        if (found == executions.end())
            return;
        auto execution = found->second;
        execution->stop(Stop::cancelled);
        if (queue.remove(id))
            running.spawn("operation " + id, [this, execution] { return see_through(execution, false); });
    }

    awaitable<void> recover(store::OperationRow row);
};

Runner::Runner(sql::Database& database, const Clock& clock, asio::any_io_executor control, std::vector<Task> tasks)
    : state_(std::make_unique<State>(database, clock, std::move(control), std::move(tasks))) {}

Runner::~Runner() = default;

History& Runner::history() { return state_->history; }

awaitable<Started> Runner::start(Spec spec) {
    auto& state = *state_;
    const Task* task = state.find_task(spec.type);
    if (task == nullptr)
        throw Error(ErrorKind::invalid_argument, fmt::format("there is no operation type \"{}\"", spec.type));
    if (state.stopping)
        throw Error(ErrorKind::unavailable, "the server is stopping");
    if (state.unended >= kMaxUnended)
        throw Error(ErrorKind::rate_limited, "too many operations wait already");
    auto row = pending_row(spec, random_hex(kIdBytes), state.ground.clock.now());
    Event event{.operation = row.id,
                .sequence = 1,
                .at = row.created_at,
                .kind = EventKind::state,
                .payload = state_payload(operation::State::pending)};
    auto write = [row, event, actor = std::move(spec.actor)](sql::Connection& connection) mutable {
        store::OperationStore store(connection);
        if (row.idempotency_key)
            if (auto earlier = store.find_by_key(row.requested_by, *row.idempotency_key))
                return *earlier;
        row.row = store.create(row);
        store::OperationEventStore(connection).append(row.row, to_row(event));
        store::AuditStore(connection)
            .append({.at = row.created_at,
                     .actor = actor,
                     .action = row.retry_of ? "operation.retry" : "operation.start",
                     .resource = row.title,
                     .message = "operation " + row.id,
                     .after = row.input});
        return row;
    };
    auto stored = co_await state.ground.database.write(std::move(write));
    if (stored.id != row.id && (stored.type != row.type || stored.input != row.input))
        throw Error(ErrorKind::conflict, "this idempotency key started another operation; take a new one");
    if (stored.id != row.id)
        co_return Started{.id = stored.id, .created = false};
    state.hub.publish(std::make_shared<const Event>(std::move(event)));
    auto admit = [&state, task, stored] { state.admit(std::make_shared<Execution>(state.ground, *task, stored, 1)); };
    asio::post(state.ground.control, std::move(admit));
    co_return Started{.id = row.id};
}

awaitable<Started> Runner::retry(std::string id, std::string requested_by, Actor actor) {
    auto earlier = co_await state_->history.get(std::move(id));
    if (!is_final(earlier.state))
        throw Error(ErrorKind::conflict, "the operation has not ended yet");
    if (earlier.state == operation::State::succeeded)
        throw Error(ErrorKind::conflict, "the operation has succeeded");
    Spec spec = std::move(earlier.spec);
    spec.requested_by = std::move(requested_by);
    spec.actor = std::move(actor);
    spec.idempotency_key = std::nullopt;
    spec.retry_of = earlier.id;
    co_return co_await start(std::move(spec));
}

awaitable<void> Runner::cancel(std::string id) {
    auto& state = *state_;
    auto operation = co_await state.history.get(std::move(id));
    if (is_final(operation.state))
        co_return;
    asio::post(state.ground.control, [&state, id = operation.id] { state.cancel(id); });
}

awaitable<Operation> Runner::wait(std::string id) {
    auto operation = co_await state_->history.get(id);
    if (is_final(operation.state))
        co_return operation;
    auto subscription = subscribe(id);
    for (;;) {
        auto event = co_await subscription->next();
        if (!event)
            throw Error(ErrorKind::unavailable, "the server is stopping");
        if (event->kind != EventKind::state)
            continue;
        auto now = co_await state_->history.get(id);
        if (is_final(now.state))
            co_return now;
    }
}

std::unique_ptr<Subscription> Runner::subscribe(std::optional<std::string> id, std::uint64_t after_sequence) {
    auto mailbox = state_->hub.subscribe(id);
    return std::make_unique<Subscription>(state_->history, std::move(mailbox), std::move(id), after_sequence);
}

awaitable<void> Runner::State::recover(store::OperationRow row) {
    const Task* task = find_task(row.type);
    bool waited = row.state == to_string(operation::State::pending);
    bool goes_on = task != nullptr && (waited || task->type.resumable);
    Failure failure{.kind = ErrorKind::unavailable, .message = "the server stopped while it ran"};
    Event event{.operation = row.id, .sequence = 0, .at = ground.clock.now(), .kind = EventKind::state, .payload = {}};
    event.payload =
        goes_on ? state_payload(operation::State::pending) : state_payload(operation::State::interrupted, failure);
    row.state = to_string(goes_on ? operation::State::pending : operation::State::interrupted);
    row.resume = false;
    row.error_kind = goes_on ? "" : "unavailable";
    row.error_message = goes_on ? "" : failure.message;
    row.finished_at = goes_on ? std::nullopt : std::optional(event.at);
    auto write = [row, event](sql::Connection& connection) mutable {
        store::OperationEventStore events(connection);
        event.sequence = events.last_sequence(row.row) + 1;
        events.append(row.row, to_row(event));
        store::OperationStore(connection).update(row);
        return event.sequence;
    };
    auto sequence = co_await ground.database.write(std::move(write));
    if (goes_on)
        admit(std::make_shared<Execution>(ground, *task, std::move(row), sequence));
}

awaitable<std::size_t> Runner::recover() {
    auto& state = *state_;
    std::size_t recovered = 0;
    store::RowId after = 0;
    for (;;) {
        auto look = [after](sql::Connection& connection) {
            return store::OperationStore(connection)
                .list_unfinished(std::string(to_string(operation::State::pending)),
                                 std::string(to_string(operation::State::running)), after, kRecoveredAtOnce);
        };
        auto rows = co_await state.ground.database.read(std::move(look));
        if (rows.empty())
            break;
        after = rows.back().row;
        recovered += rows.size();
        for (auto& row : rows)
            co_await state.recover(std::move(row));
    }
    if (recovered > 0)
        log::info("operations_recovered", {{"count", std::to_string(recovered)}});
    co_return recovered;
}

awaitable<void> Runner::shutdown() {
    auto& state = *state_;
    state.stopping = true;
    for (auto entry = state.executions.begin(); entry != state.executions.end();) {
        auto [id, execution] = *entry++;
        if (state.queue.remove(id))
            state.executions.erase(id);
        else
            execution->stop(Stop::interrupted);
    }
    co_await state.running.join();
    state.hub.close();
}

} // namespace cang::operation
