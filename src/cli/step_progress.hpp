// Phase and count of work on the warehouse (gc, fsck): one line redrawn on a terminal, one line a phase elsewhere.
#pragma once

#include "cli/session.hpp"
#include "image/places/warehouse/collector.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace cang::cli {

class StepProgress {
public:
    explicit StepProgress(const Session& session) : session_(session) {}

    // Refers to this object.
    std::function<void(const warehouse::CollectProgress&)> receiver();
    // Wipes the line.
    void end();

private:
    void show(const warehouse::CollectProgress& progress);

    const Session& session_;
    std::string phase_;
    bool drawn_ = false;
    std::chrono::steady_clock::time_point drawn_at_;
};

} // namespace cang::cli
