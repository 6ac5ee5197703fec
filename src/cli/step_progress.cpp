#include "cli/step_progress.hpp"

#include <fmt/format.h>
#include <ostream>

namespace cang::cli {

namespace {

constexpr std::chrono::milliseconds kDrawInterval{100};

} // namespace

std::function<void(const warehouse::CollectProgress&)> StepProgress::receiver() {
    return [this](const warehouse::CollectProgress& progress) { show(progress); };
}

void StepProgress::end() {
    if (drawn_)
        session_.console.err << "\r\x1b[K" << std::flush;
    drawn_ = false;
}

void StepProgress::show(const warehouse::CollectProgress& progress) {
    bool new_phase = phase_ != progress.phase;
    phase_ = progress.phase;
    if (!session_.shows_bars()) {
        if (new_phase)
            session_.note(phase_);
        return;
    }
    auto now = std::chrono::steady_clock::now();
    if (!new_phase && now - drawn_at_ < kDrawInterval)
        return;
    drawn_at_ = now;
    drawn_ = true;
    session_.console.err << fmt::format("\r\x1b[K{} {} of {}", phase_, progress.done, progress.total) << std::flush;
}

} // namespace cang::cli
