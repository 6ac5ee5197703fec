#include "cli/progress.hpp"

#include "base/bytes.hpp"

#include <fmt/format.h>
#include <ostream>

namespace cang::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto kDrawInterval = 100ms;
constexpr auto kMeasureInterval = 500ms;
// Weight of the newest measurement: steady enough to read, quick enough to follow.
constexpr double kSmoothing = 0.3;
constexpr std::size_t kBarWidth = 24;
constexpr std::size_t kMostBars = 8;

std::string retry_line(std::string_view what, std::string_view why, std::chrono::milliseconds delay) {
    return fmt::format("{} failed ({}), again in {:.1f} s", what, why, static_cast<double>(delay.count()) / 1000);
}

} // namespace

Stopwatch steady_stopwatch() {
    auto start = std::chrono::steady_clock::now();
    return [start] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    };
}

std::unique_ptr<image::CopyProgress> make_progress(const Session& session, Stopwatch stopwatch) {
    if (session.shows_bars())
        return std::make_unique<BarProgress>(session, std::move(stopwatch));
    if (session.options.json || session.options.quiet)
        return std::make_unique<image::CopyProgress>();
    return std::make_unique<LineProgress>(session);
}

std::string progress_bar(std::uint64_t done, std::uint64_t total) {
    auto filled = total == 0 ? kBarWidth : std::min<std::uint64_t>(kBarWidth, done * kBarWidth / total);
    return fmt::format("[{}{}]", std::string(filled, '='), std::string(kBarWidth - filled, ' '));
}

std::string human_duration(std::chrono::seconds duration) {
    auto seconds = duration.count();
    if (seconds >= 3600)
        return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

void LineProgress::planned(std::size_t blobs, std::uint64_t bytes) {
    session_.note(fmt::format("{} blobs, {}", blobs, human_bytes(bytes)));
}

void LineProgress::blob_finished(const oci::Descriptor& blob, bool skipped) {
    session_.note(
        fmt::format("{} {} {}", skipped ? "present" : "copied ", blob.digest.short_hex(), human_bytes(blob.size)));
}

void LineProgress::retrying(std::string_view what, std::string_view why, std::chrono::milliseconds delay) {
    session_.note(retry_line(what, why, delay));
}

void LineProgress::manifest_put(const oci::Descriptor& manifest) {
    session_.note(fmt::format("manifest {}", manifest.digest.to_string()));
}

BarProgress::BarProgress(const Session& session, Stopwatch stopwatch)
    : session_(session), stopwatch_(std::move(stopwatch)) {}

BarProgress::~BarProgress() { wipe(); }

void BarProgress::planned(std::size_t blobs, std::uint64_t bytes) {
    blobs_ += blobs;
    bytes_ += bytes;
    draw();
}

void BarProgress::blob_started(const oci::Descriptor& blob) {
    bars_.push_back({blob.digest, 0, blob.size});
    draw_soon();
}

void BarProgress::blob_advanced(const oci::Descriptor& blob, std::uint64_t bytes) {
    bytes_done_ += bytes;
    for (auto& bar : bars_)
        if (bar.digest == blob.digest)
            bar.done = std::min(bar.done + bytes, bar.total);
    draw_soon();
}

void BarProgress::blob_finished(const oci::Descriptor& blob, bool skipped) {
    ++blobs_done_;
    if (skipped)
        bytes_ -= std::min(bytes_, blob.size);
    std::erase_if(bars_, [&](const Bar& bar) { return bar.digest == blob.digest; });
    draw_soon();
}

void BarProgress::retrying(std::string_view what, std::string_view why, std::chrono::milliseconds delay) {
    say(retry_line(what, why, delay));
}

void BarProgress::draw_soon() {
    if (stopwatch_() - drawn_at_ >= kDrawInterval)
        draw();
}

void BarProgress::draw() {
    wipe();
    drawn_at_ = stopwatch_();
    // The last row stays free for the cursor, and one for the line of the whole.
    auto room = std::min(kMostBars, session_.console.rows > 3 ? session_.console.rows - 3 : 0);
    auto cut = [&](const std::string& line) { return line.substr(0, session_.console.columns - 1); };
    auto& err = session_.console.err;
    for (std::size_t i = 0; i < std::min(room, bars_.size()); ++i, ++lines_)
        err << cut(bar_line(bars_[i])) << '\n';
    err << cut(total_line()) << '\n' << std::flush;
    ++lines_;
}

void BarProgress::wipe() {
    if (lines_ > 0)
        session_.console.err << fmt::format("\x1b[{}A\x1b[J", lines_) << std::flush;
    lines_ = 0;
}

void BarProgress::say(const std::string& line) {
    wipe();
    session_.console.err << line << '\n';
    draw();
}

std::string BarProgress::bar_line(const Bar& bar) const {
    return fmt::format("{} {} {:>3}% {} of {}", bar.digest.short_hex(), progress_bar(bar.done, bar.total),
                       bar.total == 0 ? 100 : bar.done * 100 / bar.total, human_bytes(bar.done),
                       human_bytes(bar.total));
}

std::string BarProgress::total_line() {
    auto now = stopwatch_();
    if (auto passed = now - measured_at_; passed >= kMeasureInterval) {
        auto rate = static_cast<double>(bytes_done_ - measured_bytes_) * 1000 / static_cast<double>(passed.count());
        bytes_per_second_ = bytes_per_second_ == 0 ? rate : bytes_per_second_ + kSmoothing * (rate - bytes_per_second_);
        measured_at_ = now;
        measured_bytes_ = bytes_done_;
    }
    auto line = fmt::format("{} of {} blobs, {} of {}", blobs_done_, blobs_, human_bytes(bytes_done_),
                            human_bytes(std::max(bytes_, bytes_done_)));
    if (bytes_per_second_ < 1)
        return line;
    auto left = static_cast<double>(bytes_ - std::min(bytes_, bytes_done_)) / bytes_per_second_;
    return line + fmt::format(", {}/s, {} left", human_bytes(static_cast<std::uint64_t>(bytes_per_second_)),
                              human_duration(std::chrono::seconds(static_cast<std::int64_t>(left))));
}

} // namespace cang::cli
