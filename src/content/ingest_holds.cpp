#include "content/ingest_holds.hpp"

#include "async/sleep.hpp"
#include "content/verify.hpp"

#include <map>
#include <mutex>

namespace cang::content {

namespace {

// Long enough for a slow disk to take one block; then it is the caller's turn to retry.
constexpr std::chrono::milliseconds kPoll{2};
constexpr int kPolls = 2500;

} // namespace

struct IngestHolds::State {
    std::mutex mutex;
    std::map<std::string, bool> closing; // by id of every held ingest
};

IngestHolds::IngestHolds() : state_(std::make_shared<State>()) {}

awaitable<std::shared_ptr<IngestHold>> IngestHolds::acquire(std::string id) {
    auto state = state_;
    for (int i = 0; i < kPolls; ++i) {
        {
            std::lock_guard lock(state->mutex);
            auto [held, free] = state->closing.emplace(id, false);
            if (free)
                co_return std::make_shared<IngestHold>(state, id);
            if (!held->second)
                break;
        }
        co_await async::sleep_for(kPoll);
    }
    throw_ingest_held();
}

IngestHold::IngestHold(std::shared_ptr<IngestHolds::State> state, std::string id)
    : state_(std::move(state)), id_(std::move(id)) {}

IngestHold::~IngestHold() {
    std::lock_guard lock(state_->mutex);
    state_->closing.erase(id_);
}

void IngestHold::close() {
    std::lock_guard lock(state_->mutex);
    state_->closing[id_] = true;
}

} // namespace cang::content
