#include "base/oci/descriptor.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace cang::oci {

namespace {

const std::string kDigest = Digest::of("data").to_string();

std::string reason_of(const std::string& text) {
    auto descriptor = descriptor_from_json(boost::json::parse(text), "layers[2]");
    return descriptor ? "parsed" : descriptor.error().reason;
}

// A descriptor with its size written as given.
std::string reason_of_size(const std::string& size) {
    return reason_of(R"({"mediaType":"a/b","digest":")" + kDigest + R"(","size":)" + size + "}");
}

std::string reason_with(const std::string& field) {
    return reason_of(R"({"mediaType":"a/b","digest":")" + kDigest + R"(","size":4,)" + field + "}");
}

} // namespace

TEST(DescriptorFromJson, ReadsEveryField) {
    auto text =
        R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" + kDigest +
        R"(","size":4,"urls":["https://a/b"],"annotations":{"k":"v"},"data":"ZGF0YQ==",)" +
        R"("platform":{"architecture":"arm64","os":"linux","os.version":"1","os.features":["f"],"variant":"v8"},)" +
        R"("artifactType":"x/y"})";
    auto descriptor = descriptor_from_json(boost::json::parse(text), "config");
    ASSERT_TRUE(descriptor) << descriptor.error().reason;
    EXPECT_EQ(descriptor->size, 4u);
    EXPECT_EQ(descriptor->data, "data");
    EXPECT_EQ(descriptor->platform->to_string(), "linux/arm64/v8");
    EXPECT_EQ(descriptor->platform->os_features, std::vector<std::string>{"f"});
    EXPECT_EQ(descriptor->annotations, (Annotations{{"k", "v"}}));
    EXPECT_EQ(descriptor->artifact_type, "x/y");
    EXPECT_EQ(boost::json::serialize(to_json(*descriptor)), text);
}

TEST(DescriptorFromJson, NamesTheFieldThatIsWrong) {
    EXPECT_EQ(reason_of("7"), "layers[2] is not an object");
    EXPECT_EQ(reason_of("{}"), "layers[2].mediaType is missing");
    EXPECT_EQ(reason_of(R"({"mediaType":5})"), "layers[2].mediaType is not a string");
    EXPECT_EQ(reason_of(R"({"mediaType":""})"), "layers[2].mediaType is empty");
    EXPECT_EQ(reason_of(R"({"mediaType":"a/b"})"), "layers[2].digest is missing");
    EXPECT_EQ(reason_of(R"({"mediaType":"a/b","digest":"sha256:00"})"),
              "layers[2].digest is wrong: a sha256 digest has 64 hex digits, not 2");
    EXPECT_EQ(reason_of(R"({"mediaType":"a/b","digest":")" + kDigest + "\"}"), "layers[2].size is missing");
    EXPECT_EQ(reason_with(R"("platform":"linux")"), "layers[2].platform is not an object");
    EXPECT_EQ(reason_with(R"("platform":{"os":1})"), "layers[2].platform.os is not a string");
    EXPECT_EQ(reason_with(R"("platform":{"os.features":[1]})"), "layers[2].platform.os.features[0] is not a string");
    EXPECT_EQ(reason_with(R"("annotations":[])"), "layers[2].annotations is not an object");
    EXPECT_EQ(reason_with(R"("annotations":{"k":1})"), "layers[2].annotations[\"k\"] is not a string");
    EXPECT_EQ(reason_with(R"("urls":{})"), "layers[2].urls is not an array");
    EXPECT_EQ(reason_with(R"("urls":["a",null])"), "layers[2].urls[1] is not a string");
    EXPECT_EQ(reason_with(R"("artifactType":false)"), "layers[2].artifactType is not a string");
}

TEST(DescriptorFromJson, RefusesSizesThatAreNone) {
    EXPECT_EQ(reason_of_size("0"), "parsed");
    EXPECT_EQ(reason_of_size("9007199254740991"), "parsed");
    EXPECT_EQ(reason_of_size("9007199254740992"), "layers[2].size is larger than 2^53 - 1");
    EXPECT_EQ(reason_of_size("18446744073709551615"), "layers[2].size is larger than 2^53 - 1");
    EXPECT_EQ(reason_of_size("99999999999999999999999999"), "layers[2].size is larger than 2^53 - 1");
    EXPECT_EQ(reason_of_size("-1"), "layers[2].size is negative");
    EXPECT_EQ(reason_of_size("-99999999999999999999999999"), "layers[2].size is negative");
    EXPECT_EQ(reason_of_size("1.5"), "layers[2].size is not a whole number");
    EXPECT_EQ(reason_of_size("1e3"), "layers[2].size is not a whole number");
    EXPECT_EQ(reason_of_size("\"4\""), "layers[2].size is not a number");
    EXPECT_EQ(reason_of_size("null"), "layers[2].size is missing");
}

TEST(DescriptorFromJson, VerifiesEmbeddedContent) {
    EXPECT_EQ(reason_with(R"("data":"ZGF0YQ==")"), "parsed");
    EXPECT_EQ(reason_with(R"("data":"*")"), "layers[2].data is not base64");
    EXPECT_EQ(reason_with(R"("data":"ZGF0")"), "layers[2].data has 3 bytes, but size says 4");
    EXPECT_EQ(reason_with(R"("data":"ZGF0Yg==")"), "layers[2].data is not what the digest says");
}

TEST(DescriptorFromJson, TakesNullForAbsent) {
    EXPECT_EQ(reason_with(R"("urls":null,"annotations":null,"platform":null,"data":null)"), "parsed");
}

} // namespace cang::oci
