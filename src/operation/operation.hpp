// An operation: one piece of slow work as everybody sees it. Stored before it starts, kept as history afterwards.
#pragma once

#include "base/actor.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cang::operation {

enum class State { pending, running, succeeded, failed, cancelled, interrupted };

std::string_view to_string(State state);
std::optional<State> parse_state(std::string_view text);
bool is_final(State state);

// What is asked for.
struct Spec {
    std::string type; // a row of the runner's types
    std::string title;
    boost::json::object input;          // enough to show, and to start again; no secrets
    std::vector<std::string> resources; // needed exclusively: "host build-1"
    std::string requested_by;           // user name; empty: anonymous
    // Starting twice with the same key and requester gives the same operation.
    std::optional<std::string> idempotency_key = std::nullopt;
    std::optional<std::string> retry_of = std::nullopt;
    Actor actor = {}; // whom the start is put down to in the audit log; not kept
};

struct Failure {
    ErrorKind kind = ErrorKind::internal;
    std::string message;
};

struct Operation {
    std::int64_t cursor = 0; // position in the history
    std::string id;
    State state = State::pending;
    Spec spec;
    std::optional<boost::json::object> result;
    std::optional<Failure> failure;              // of failed, cancelled and interrupted ones
    std::optional<boost::json::object> progress; // the last one stored, see Progress::snapshot
    Timestamp created_at;
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> finished_at;
};

enum class EventKind { state, progress, log, result };

std::string_view to_string(EventKind kind);

// State, log and result events are stored, then told; their sequence counts from 1 within the operation, without gaps.
// Progress is told at most four times a second, is not stored as an event, and carries the sequence of the stored event
// that it follows: a viewer that resumes after any sequence misses nothing that lasts.
struct Event {
    std::string operation;
    std::uint64_t sequence = 0;
    Timestamp at;
    EventKind kind = EventKind::state;
    // state: {"state","error"?}; log: {"line"}; result: what the work returned; progress: Progress::snapshot.
    boost::json::object payload;
};

} // namespace cang::operation
