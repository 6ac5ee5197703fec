#include "transfer/copy_course.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace cang::transfer {
namespace {

class FakeContext final : public operation::Context {
public:
    const std::string& id() const override { return id_; }
    const operation::Spec& spec() const override { return spec_; }
    operation::Progress& progress() override { return progress_; }
    void log(std::string line) override { lines.push_back(std::move(line)); }

    std::vector<std::string> lines;

private:
    std::string id_ = "0011";
    operation::Spec spec_;
    operation::Progress progress_;
};

oci::Descriptor layer_of(std::uint64_t size, std::string_view text = "layer") {
    oci::Descriptor layer;
    layer.media_type = oci::media_type::oci_layer_gzip;
    layer.digest = oci::Digest::of(text);
    layer.size = size;
    return layer;
}

class CopyCourseTest : public ::testing::Test {
protected:
    std::string shown() {
        auto document = context.progress().snapshot(std::chrono::steady_clock::time_point{});
        return boost::json::serialize(document);
    }

    FakeContext context;
};

TEST_F(CopyCourseTest, ShowsBlobsUnderWayInBytes) {
    CopyCourse course(context);
    auto copy = course.follow("");
    auto layer = layer_of(100);
    copy->planned(2, 150);
    copy->blob_started(layer);
    copy->blob_advanced(layer, 40);
    EXPECT_EQ(shown(), R"({"done":40,"total":150,"parts":[{"part":1,"name":"layer )" + layer.digest.short_hex() +
                           R"(","done":40,"total":100}]})");
    copy->blob_finished(layer, false);
    EXPECT_EQ(shown(), R"({"done":100,"total":150,"parts":[]})") << "what the target had is done too";
}

TEST_F(CopyCourseTest, DoesNotCountBytesThatAreSentAgain) {
    CopyCourse course(context);
    auto copy = course.follow("");
    auto layer = layer_of(100);
    copy->planned(1, 100);
    copy->blob_started(layer);
    copy->blob_advanced(layer, 80);
    copy->blob_advanced(layer, 80);
    copy->blob_finished(layer, false);
    EXPECT_EQ(shown(), R"({"done":100,"total":100,"parts":[]})");
}

TEST_F(CopyCourseTest, AddsUpImagesAndAttempts) {
    {
        CopyCourse first(context);
        auto copy = first.follow("");
        copy->planned(1, 100);
        copy->blob_started(layer_of(100));
        copy->blob_advanced(layer_of(100), 30);
    }
    EXPECT_EQ(shown(), R"({"done":30,"total":100,"parts":[]})") << "a blob that broke off is no longer under way";
    CopyCourse second(context);
    auto one = second.follow("");
    auto two = second.follow("");
    one->planned(1, 100);
    two->planned(1, 50);
    EXPECT_EQ(shown(), R"({"done":30,"total":180,"parts":[]})");
}

TEST_F(CopyCourseTest, TellsWhatLasts) {
    CopyCourse course(context);
    auto copy = course.follow("app:v1");
    copy->planned(1, 2'000'000);
    copy->retrying("layer x", "busy", std::chrono::milliseconds(250));
    auto manifest = layer_of(3, "manifest");
    copy->manifest_put(manifest);
    EXPECT_EQ(context.lines, (std::vector<std::string>{
                                 "app:v1: 1 blob to copy, 2.0 MB", "app:v1: layer x: busy; trying again in 250ms",
                                 "app:v1: manifest " + manifest.digest.to_string() + " is there"}));
}

} // namespace
} // namespace cang::transfer
