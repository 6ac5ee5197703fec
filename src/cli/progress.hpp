// The course of a copy on the console: bars on a terminal, plain lines elsewhere, silence with --json and --quiet.
#pragma once

#include "cli/session.hpp"
#include "image/copy.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace cang::cli {

// Steady time since some moment; a parameter so that tests decide what time it is.
using Stopwatch = std::function<std::chrono::milliseconds()>;
Stopwatch steady_stopwatch();

std::unique_ptr<image::CopyProgress> make_progress(const Session& session, Stopwatch stopwatch = steady_stopwatch());

// One line for each event that lasts; nothing for bytes.
class LineProgress final : public image::CopyProgress {
public:
    explicit LineProgress(const Session& session) : session_(session) {}
    void planned(std::size_t blobs, std::uint64_t bytes) override;
    void blob_finished(const oci::Descriptor& blob, bool skipped) override;
    void retrying(std::string_view what, std::string_view why, std::chrono::milliseconds delay) override;
    void manifest_put(const oci::Descriptor& manifest) override;

private:
    const Session& session_;
};

// A block of lines that is drawn over itself, at most ten times a second: one line for each blob under way, as many as
// the screen holds, and a line for the whole with rate and time left. The destructor wipes the block.
class BarProgress final : public image::CopyProgress {
public:
    BarProgress(const Session& session, Stopwatch stopwatch);
    ~BarProgress() override;
    void planned(std::size_t blobs, std::uint64_t bytes) override;
    void blob_started(const oci::Descriptor& blob) override;
    void blob_advanced(const oci::Descriptor& blob, std::uint64_t bytes) override;
    void blob_finished(const oci::Descriptor& blob, bool skipped) override;
    void retrying(std::string_view what, std::string_view why, std::chrono::milliseconds delay) override;

private:
    struct Bar {
        oci::Digest digest;
        std::uint64_t done = 0;
        std::uint64_t total = 0;
    };

    void draw();
    void draw_soon();
    void wipe();
    void say(const std::string& line);
    std::string bar_line(const Bar& bar) const;
    std::string total_line();

    const Session& session_;
    Stopwatch stopwatch_;
    std::vector<Bar> bars_;
    std::size_t lines_ = 0; // of the block on the screen
    std::size_t blobs_ = 0, blobs_done_ = 0;
    std::uint64_t bytes_ = 0, bytes_done_ = 0;
    std::chrono::milliseconds drawn_at_{-1000};
    std::chrono::milliseconds measured_at_{0};
    std::uint64_t measured_bytes_ = 0;
    double bytes_per_second_ = 0;
};

// "[======    ]"; full when there is nothing to do.
std::string progress_bar(std::uint64_t done, std::uint64_t total);

// "1:05", "2:03:09".
std::string human_duration(std::chrono::seconds duration);

} // namespace cang::cli
