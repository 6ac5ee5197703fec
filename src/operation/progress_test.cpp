#include "operation/progress.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace cang::operation {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::steady_clock::time_point start{1h};

std::string text(Progress& progress, std::chrono::steady_clock::time_point at = start) {
    return boost::json::serialize(progress.snapshot(at));
}

TEST(Progress, CountsPartsIntoTheWhole) {
    Progress progress;
    EXPECT_FALSE(progress.changed());
    auto image = progress.add_part("image", 100);
    auto layer = progress.add_part("layer", 60, image);
    progress.advance(layer, 25);
    EXPECT_TRUE(progress.changed());
    EXPECT_EQ(text(progress), R"({"done":25,"total":100,"parts":[{"part":1,"name":"image","done":25,"total":100},)"
                              R"({"part":2,"name":"layer","done":25,"parent":1,"total":60}]})");
    EXPECT_FALSE(progress.changed());
}

TEST(Progress, LeavesOutPartsThatAreDone) {
    Progress progress;
    progress.expect(50);
    auto layer = progress.add_part("layer", 20);
    progress.advance(layer, 5);
    progress.finish(layer);
    progress.advance(layer, 7);
    progress.finish(layer);
    EXPECT_EQ(text(progress), R"({"done":20,"total":50,"parts":[]})");
    auto failed = progress.add_part("layer", 20);
    progress.finish(failed, false);
    EXPECT_EQ(text(progress), R"({"done":20,"total":50,"parts":[]})");
}

TEST(Progress, TellsRateAndTimeLeftOfTheLastWhile) {
    Progress progress;
    progress.expect(1000);
    auto first = text(progress, start);
    EXPECT_EQ(first.find("rate"), std::string::npos) << first;
    progress.advance(Progress::whole, 200);
    EXPECT_EQ(text(progress, start + 2s), R"({"done":200,"total":1000,"rate":100,"secondsLeft":8,"parts":[]})");
    auto stalled = progress.snapshot(start + 30s);
    EXPECT_FALSE(stalled.contains("rate")) << "nothing else was sampled in the last while";
    EXPECT_EQ(progress.snapshot(start + 31s).at("rate").to_number<std::uint64_t>(), 0u);
}

TEST(Progress, ShowsABoundedNumberOfParts) {
    Progress progress;
    for (std::size_t i = 0; i < Progress::max_parts + 5; ++i)
        progress.advance(progress.add_part("layer", 2), 1);
    auto document = progress.snapshot(start);
    EXPECT_EQ(document.at("parts").as_array().size(), Progress::max_parts);
    EXPECT_EQ(document.at("done").to_number<std::size_t>(), Progress::max_parts + 5);
}

} // namespace
} // namespace cang::operation
