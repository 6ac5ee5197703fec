#include "cli/progress.hpp"

#include <gtest/gtest.h>
#include <sstream>

namespace cang::cli {
namespace {

using namespace std::chrono_literals;

struct Screen {
    std::ostringstream out;
    std::ostringstream err;
    std::istringstream in;
    Console console{.out = out, .err = err, .in = in, .environment = [](const std::string&) { return std::string(); }};
    Session session{console, {}};
    std::chrono::milliseconds now{0};
    Stopwatch stopwatch = [this] { return now; };
};

oci::Descriptor blob(std::string_view text, std::uint64_t size) {
    return {.media_type = "application/octet-stream", .digest = oci::Digest::of(text), .size = size};
}

std::string last_block(const std::string& screen) {
    auto wipe = screen.rfind("\x1b[J");
    return wipe == std::string::npos ? screen : screen.substr(wipe + 3);
}

TEST(LineProgress, TellsWhatLasts) {
    Screen screen;
    auto progress = make_progress(screen.session);
    auto layer = blob("layer", 2'000'000);
    progress->planned(2, 3'000'000);
    progress->blob_started(layer);
    progress->blob_advanced(layer, 1000);
    progress->blob_finished(layer, false);
    progress->retrying("blob x", "connection reset", 250ms);
    EXPECT_EQ(screen.err.str(), "2 blobs, 3.0 MB\ncopied  " + layer.digest.short_hex() +
                                    " 2.0 MB\nblob x failed (connection reset), again in 0.2 s\n");
    EXPECT_EQ(screen.out.str(), "");
}

TEST(LineProgress, IsSilentWithJsonAndQuiet) {
    Screen screen;
    screen.session.options.json = true;
    make_progress(screen.session)->planned(2, 3);
    screen.session.options = {.quiet = true};
    make_progress(screen.session)->planned(2, 3);
    EXPECT_EQ(screen.err.str(), "");
}

TEST(BarProgress, ShowsRateAndTimeLeft) {
    Screen screen;
    screen.console.err_is_terminal = true;
    auto progress = make_progress(screen.session, screen.stopwatch);
    auto layer = blob("layer", 100'000'000);
    progress->planned(1, 100'000'000);
    progress->blob_started(layer);
    screen.now = 1000ms;
    progress->blob_advanced(layer, 10'000'000);
    EXPECT_EQ(last_block(screen.err.str()), layer.digest.short_hex() +
                                                " [==                      ]  10% 10.0 MB of 100 MB\n" +
                                                "0 of 1 blobs, 10.0 MB of 100 MB, 10.0 MB/s, 0:09 left\n");
}

TEST(BarProgress, DrawsTenTimesASecondAtMost) {
    Screen screen;
    screen.console.err_is_terminal = true;
    auto progress = make_progress(screen.session, screen.stopwatch);
    auto layer = blob("layer", 1'000'000);
    progress->planned(1, 1'000'000);
    progress->blob_started(layer);
    screen.now = 100ms;
    progress->blob_advanced(layer, 1);
    auto drawn = screen.err.str().size();
    for (int i = 0; i < 1000; ++i)
        progress->blob_advanced(layer, 1);
    EXPECT_EQ(screen.err.str().size(), drawn);
}

TEST(BarProgress, StaysWithinTheScreen) {
    Screen screen;
    screen.console.err_is_terminal = true;
    screen.console.rows = 6;
    screen.console.columns = 30;
    auto progress = make_progress(screen.session, screen.stopwatch);
    progress->planned(50, 5000);
    for (int i = 0; i < 50; ++i)
        progress->blob_started(blob(std::to_string(i), 100));
    screen.now = 1000ms;
    progress->blob_advanced(blob("1", 100), 1);
    auto block = last_block(screen.err.str());
    EXPECT_EQ(std::ranges::count(block, '\n'), 4);
    std::istringstream lines(block);
    std::string line;
    while (std::getline(lines, line))
        EXPECT_LT(line.size(), 30U);
}

TEST(BarProgress, LeavesNothingBehind) {
    Screen screen;
    screen.console.err_is_terminal = true;
    make_progress(screen.session, screen.stopwatch)->planned(1, 10);
    EXPECT_EQ(last_block(screen.err.str()), "");
}

TEST(HumanDuration, IsShort) {
    EXPECT_EQ(human_duration(5s), "0:05");
    EXPECT_EQ(human_duration(65s), "1:05");
    EXPECT_EQ(human_duration(7389s), "2:03:09");
}

} // namespace
} // namespace cang::cli
