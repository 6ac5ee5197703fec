// Who writes to which ingest: at most one at a time within this process.
#pragma once

#include "async/awaitable.hpp"

#include <memory>
#include <string>

namespace cang::content {

class IngestHold;

// Thread-safe.
class IngestHolds {
public:
    IngestHolds();
    // Throws Error{conflict} when another has it. A holder that is gone, but whose last block is still being written,
    // is waited for.
    awaitable<std::shared_ptr<IngestHold>> acquire(std::string id);

private:
    friend class IngestHold;
    struct State;
    std::shared_ptr<State> state_;
};

// Holds the ingest while it lives; the jobs on the pool share it.
class IngestHold {
public:
    IngestHold(std::shared_ptr<IngestHolds::State> state, std::string id);
    ~IngestHold();
    IngestHold(const IngestHold&) = delete;
    IngestHold& operator=(const IngestHold&) = delete;
    void close(); // nobody but jobs that end soon keeps it now

private:
    std::shared_ptr<IngestHolds::State> state_;
    std::string id_;
};

} // namespace cang::content
