#include "operation/execution.hpp"

#include "async/cancellation.hpp"
#include "async/sleep.hpp"
#include "base/error_kind.hpp"
#include "base/log.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/chrono.h>

namespace cang::operation {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kTick = 250ms; // progress is told at most so often
constexpr int kTicksToStore = 8;                   // of progress between two writes
constexpr std::size_t kMaxLines = 10'000;          // of one operation's log, to bound the database
constexpr std::size_t kMaxLine = 4096;             // bytes

Failure failure_of(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (...) {
        auto error = current_error();
        return {.kind = error.kind(), .message = error.message()};
    }
}

} // namespace

Execution::Execution(Ground& ground, const Task& task, store::OperationRow row, std::uint64_t sequence)
    : ground_(ground), task_(task), row_(std::move(row)), operation_(to_operation(row_)), sequence_(sequence),
      published_(sequence) {}

void Execution::log(std::string line) {
    if (lines_ == kMaxLines) {
        ++lines_left_out_;
        return;
    }
    ++lines_;
    if (line.size() > kMaxLine)
        line = line.substr(0, kMaxLine) + "…";
    boost::json::object payload{{"line", line}};
    add_event(EventKind::log, std::move(payload));
}

void Execution::add_event(EventKind kind, boost::json::object payload) {
    Event event{.operation = row_.id,
                .sequence = ++sequence_,
                .at = ground_.clock.now(),
                .kind = kind,
                .payload = std::move(payload)};
    unwritten_.push_back(std::make_shared<const Event>(std::move(event)));
}

// One at a time, so that events are told in order.
awaitable<void> Execution::flush(bool with_row) {
    auto turn = co_await writing_.take();
    if (unwritten_.empty() && !with_row)
        co_return;
    std::vector<EventPtr> events(unwritten_.begin(), unwritten_.end());
    auto write = [events, row = row_, with_row](sql::Connection& connection) {
        store::OperationEventStore store(connection);
        for (const auto& event : events)
            store.append(row.row, to_row(*event));
        if (with_row)
            store::OperationStore(connection).update(row);
    };
    co_await ground_.database.write(std::move(write));
    unwritten_.erase(unwritten_.begin(), unwritten_.begin() + static_cast<std::ptrdiff_t>(events.size()));
    for (const auto& event : events) {
        published_ = event->sequence;
        ground_.hub.publish(event);
    }
}

void Execution::tell_progress() {
    Event event{.operation = row_.id,
                .sequence = published_,
                .at = ground_.clock.now(),
                .kind = EventKind::progress,
                .payload = progress_.snapshot(std::chrono::steady_clock::now())};
    row_.progress = boost::json::serialize(event.payload);
    ground_.hub.publish(std::make_shared<const Event>(std::move(event)));
}

awaitable<void> Execution::tick() {
    int unstored = 0;
    for (;;) {
        co_await async::sleep_for(kTick);
        co_await flush(false);
        if (progress_.changed()) {
            tell_progress();
            ++unstored;
        }
        if (unstored < kTicksToStore)
            continue;
        unstored = 0;
        auto write = [row = row_.row, text = row_.progress](sql::Connection& connection) {
            store::OperationStore(connection).set_progress(row, text);
        };
        co_await ground_.database.write(std::move(write));
    }
}

awaitable<void> Execution::time_out() {
    co_await async::sleep_for(task_.type.timeout);
    stop(Stop::timed_out);
}

void Execution::stop(Stop reason) {
    if (stop_ == Stop::none)
        stop_ = reason;
    if (working_ != nullptr)
        working_->cancel_all();
}

awaitable<void> Execution::perform() {
    try {
        auto action = [this]() -> awaitable<void> {
            auto result = co_await task_.work(*this);
            result_ = std::move(result);
        };
        auto observer = [this](const Error& error, std::chrono::milliseconds delay) {
            log(fmt::format("{}; trying again in {}", error.message(), delay));
        };
        co_await async::retry(task_.type.retry, action, observer);
    } catch (...) {
        failure_ = async::as_cancellation(std::current_exception());
    }
}

awaitable<void> Execution::run() {
    row_.state = to_string(State::running);
    row_.started_at = ground_.clock.now();
    add_event(EventKind::state, state_payload(State::running));
    co_await flush(true);
    if (stop_ == Stop::none) {
        async::TaskGroup work(ground_.control);
        async::TaskGroup helpers(ground_.control);
        working_ = &work;
        work.spawn("operation", [this] { return perform(); });
        helpers.spawn("operation progress", [this] { return tick(); });
        helpers.spawn("operation timeout", [this] { return time_out(); });
        co_await work.join();
        working_ = nullptr;
        helpers.cancel_all();
        co_await helpers.join();
    }
    co_await finish();
}

awaitable<void> Execution::end_unstarted() { co_await finish(); }

// Work that ended well although it was asked to stop has won the race: its result counts.
void Execution::judge() {
    if (result_ && !failure_) {
        add_event(EventKind::result, *result_);
        row_.result = boost::json::serialize(*result_);
        end_as(State::succeeded, std::nullopt);
    } else if (stop_ == Stop::interrupted) {
        row_.resume = task_.type.resumable;
        end_as(State::interrupted, Failure{ErrorKind::unavailable, "the server stopped"});
    } else if (stop_ == Stop::timed_out) {
        auto limit = fmt::format("did not end within {}", task_.type.timeout);
        end_as(State::failed, Failure{ErrorKind::deadline_exceeded, std::move(limit)});
    } else if (stop_ == Stop::cancelled || async::is_cancellation(failure_)) {
        end_as(State::cancelled, Failure{ErrorKind::cancelled, "cancelled"});
    } else {
        end_as(State::failed, failure_of(failure_));
    }
}

void Execution::end_as(State state, std::optional<Failure> failure) {
    row_.state = to_string(state);
    row_.finished_at = ground_.clock.now();
    if (failure) {
        row_.error_kind = error_kind_row(failure->kind).name;
        row_.error_message = failure->message;
    }
    add_event(EventKind::state, state_payload(state, failure));
}

awaitable<void> Execution::finish() {
    if (lines_left_out_ > 0) {
        boost::json::object payload{{"line", fmt::format("{} more lines are left out", lines_left_out_)}};
        add_event(EventKind::log, std::move(payload));
    }
    if (progress_.changed())
        tell_progress();
    judge();
    auto write = [row = row_.row, text = row_.progress](sql::Connection& connection) {
        store::OperationStore(connection).set_progress(row, text);
    };
    if (!row_.progress.empty())
        co_await ground_.database.write(std::move(write));
    auto action = [this] { return flush(true); };
    co_await async::retry({}, action);
    co_await tell_task();
}

awaitable<void> Execution::tell_task() {
    if (!task_.ended)
        co_return;
    auto ended = to_operation(row_);
    try {
        co_await task_.ended(ended);
    } catch (...) {
        log::warn("operation_clean_up_failed", {{"operation", row_.id}, {"error", current_error().message()}});
    }
}

} // namespace cang::operation
