#include "base/oci/manifest.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cang::oci {

namespace {

std::string descriptor(std::string_view type, std::string_view content, std::string_view more = "") {
    return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}{}}})", type, Digest::of(content).to_string(),
                       content.size(), more);
}

const std::string kConfig = descriptor(media_type::oci_config, "config");
const std::string kLayer = descriptor(media_type::oci_layer_gzip, "layer");
const std::string kChild =
    descriptor(media_type::oci_manifest, "child", R"(,"platform":{"os":"linux","architecture":"amd64"})");

std::string image(std::string_view more = "") {
    return fmt::format(R"({{"schemaVersion":2,"config":{},"layers":[{}]{}}})", kConfig, kLayer, more);
}

std::string index(std::string_view more = "") {
    return fmt::format(R"({{"schemaVersion":2,"manifests":[{}]{}}})", kChild, more);
}

std::string reason_of(std::string text, std::string_view type = "") {
    auto manifest = Manifest::parse(std::move(text), type);
    return manifest ? "parsed" : manifest.error().reason;
}

std::string type_of(std::string text, std::string_view type = "") {
    auto manifest = Manifest::parse(std::move(text), type);
    return manifest ? manifest->media_type() : manifest.error().reason;
}

} // namespace

TEST(ManifestParse, ReadsAnImageManifest) {
    auto text = image(R"(,"annotations":{"a":"b"},"subject":)" + kChild);
    auto manifest = Manifest::parse(text, media_type::oci_manifest);
    ASSERT_TRUE(manifest) << manifest.error().reason;
    EXPECT_EQ(manifest->bytes(), text);
    EXPECT_EQ(manifest->digest(), Digest::of(text));
    EXPECT_FALSE(manifest->is_index());
    EXPECT_EQ(manifest->config()->digest, Digest::of("config"));
    ASSERT_EQ(manifest->layers().size(), 1u);
    EXPECT_EQ(manifest->layers()[0].digest, Digest::of("layer"));
    EXPECT_EQ(manifest->subject()->digest, Digest::of("child"));
    EXPECT_EQ(manifest->annotations(), (Annotations{{"a", "b"}}));
    ASSERT_EQ(manifest->blobs().size(), 2u);
    EXPECT_EQ(manifest->blobs()[0], *manifest->config());
}

TEST(ManifestParse, ReadsAnIndex) {
    auto manifest = Manifest::parse(index(), "");
    ASSERT_TRUE(manifest) << manifest.error().reason;
    EXPECT_TRUE(manifest->is_index());
    EXPECT_FALSE(manifest->config());
    EXPECT_TRUE(manifest->blobs().empty());
    ASSERT_EQ(manifest->manifests().size(), 1u);
    EXPECT_EQ(manifest->manifests()[0].platform->to_string(), "linux/amd64");
}

TEST(ManifestParse, ComputesTheDigestThatIsAskedFor) {
    auto manifest = Manifest::parse(image(), "", DigestAlgorithm::sha512);
    EXPECT_EQ(manifest->digest(), Digest::of(image(), DigestAlgorithm::sha512));
    EXPECT_EQ(manifest->descriptor().digest, manifest->digest());
    EXPECT_EQ(manifest->descriptor().size, image().size());
}

TEST(ManifestParse, FindsTheTypeInTheDocumentInWhatThePeerSaidOrInTheFields) {
    auto docker = std::string(media_type::docker_manifest);
    EXPECT_EQ(type_of(image()), media_type::oci_manifest);
    EXPECT_EQ(type_of(index()), media_type::oci_index);
    EXPECT_EQ(type_of(image(), docker), docker);
    EXPECT_EQ(type_of(image(R"(,"mediaType":")" + docker + "\"")), docker);
    EXPECT_EQ(type_of(image(R"(,"mediaType":")" + docker + "\""), docker + "; charset=utf-8"), docker);
    EXPECT_EQ(type_of(image(), "text/plain; charset=utf-8"), media_type::oci_manifest);
    EXPECT_EQ(type_of(image(), "application/json"), media_type::oci_manifest);
    EXPECT_EQ(type_of(index(), media_type::docker_manifest_list), media_type::docker_manifest_list);
}

TEST(ManifestParse, RefusesContradictions) {
    EXPECT_EQ(
        reason_of(image(R"(,"mediaType":"application/vnd.oci.image.manifest.v1+json")"), media_type::docker_manifest),
        "mediaType is \"application/vnd.oci.image.manifest.v1+json\", but the manifest was sent as "
        "\"application/vnd.docker.distribution.manifest.v2+json\"");
    EXPECT_EQ(reason_of(image(R"(,"manifests":[])")), "it has the fields of an image manifest and of an image index");
    EXPECT_EQ(reason_of(image(), media_type::oci_index), "manifests is missing");
    EXPECT_EQ(reason_of(index(), media_type::oci_manifest), "config is missing");
    EXPECT_EQ(reason_of(R"({"schemaVersion":2})"), "it is neither an image manifest nor an image index");
    EXPECT_EQ(reason_of(image(), "image/png"), "the media type \"image/png\" is not that of a manifest");
    EXPECT_EQ(reason_of(image(R"(,"mediaType":7)")), "mediaType is not a string");
}

TEST(ManifestParse, RefusesSchema1WithASentence) {
    constexpr auto sentence =
        "Docker schema 1 manifests are not supported; push the image again with Docker 1.10 or later";
    EXPECT_EQ(reason_of(R"({"schemaVersion":1,"name":"a","tag":"b","fsLayers":[]})"), sentence);
    EXPECT_EQ(reason_of("{}", "application/vnd.docker.distribution.manifest.v1+prettyjws"), sentence);
    EXPECT_EQ(reason_of(image(R"(,"mediaType":"application/vnd.docker.distribution.manifest.v1+json")")), sentence);
}

TEST(ManifestParse, NamesTheFieldThatIsWrong) {
    auto with_layer = [](const std::string& layer) {
        return fmt::format(R"({{"schemaVersion":2,"config":{},"layers":[{},{},{}]}})", kConfig, kLayer, kLayer, layer);
    };
    EXPECT_EQ(reason_of(with_layer(R"({"mediaType":"a/b","digest":")" + Digest().to_string() + R"(","size":-1})")),
              "layers[2].size is negative");
    EXPECT_EQ(reason_of(with_layer("[]")), "layers[2] is not an object");
    EXPECT_EQ(reason_of(R"({"schemaVersion":2,"config":{},"layers":[]})"), "config.mediaType is missing");
    EXPECT_EQ(reason_of(R"({"schemaVersion":2,"config":[],"layers":[]})"), "config is not an object");
    EXPECT_EQ(reason_of(fmt::format(R"({{"schemaVersion":2,"config":{}}})", kConfig)), "layers is missing");
    EXPECT_EQ(reason_of(fmt::format(R"({{"schemaVersion":2,"config":{},"layers":{{}}}})", kConfig)),
              "layers is not an array");
    EXPECT_EQ(reason_of(image(R"(,"subject":1)")), "subject is not an object");
    EXPECT_EQ(reason_of(R"({"manifests":[]})"), "schemaVersion is missing");
    EXPECT_EQ(reason_of(R"({"schemaVersion":3,"manifests":[]})"), "schemaVersion is 3, not 2");
    EXPECT_EQ(reason_of(R"({"schemaVersion":"2","manifests":[]})"), "schemaVersion is not a number");
    EXPECT_EQ(reason_of(index(R"(,"annotations":{"k":{}})")), "annotations[\"k\"] is not a string");
}

TEST(ManifestParse, TakesNullListsAsEmpty) {
    EXPECT_EQ(reason_of(fmt::format(R"({{"schemaVersion":2,"config":{},"layers":null}})", kConfig)), "parsed");
}

TEST(ManifestParse, RefusesWhatIsNotJson) {
    EXPECT_EQ(reason_of(""), "the JSON ends in the middle");
    EXPECT_EQ(reason_of("{\"a\":"), "the JSON ends in the middle");
    EXPECT_EQ(reason_of("hello"), "it is not JSON: syntax error at byte 0");
    EXPECT_EQ(reason_of("[]"), "it is not a JSON object");
    EXPECT_EQ(reason_of("{} {}"), "something follows the JSON at byte 3");
    EXPECT_EQ(reason_of("{\"a\":\"\xff\"}"), "it is not JSON: syntax error at byte 6");
    EXPECT_EQ(reason_of(image() + " \n"), "parsed");
}

TEST(ManifestParse, RefusesNumbersThatCannotBeWrittenAgain) {
    EXPECT_EQ(reason_of(R"({"x":1e400})"), "a number is out of range at byte 10");
    EXPECT_EQ(reason_of(R"({"x":[0e400]})"), "a number is out of range at byte 11");
}

TEST(ManifestParse, RefusesKeysGivenTwice) {
    EXPECT_EQ(reason_of(image(R"(,"schemaVersion":2)")), "the key \"schemaVersion\" is given twice");
    EXPECT_EQ(reason_of(R"({"schemaVersion":2,"x":[{"a":1,"b":{"a":1},"a":2}]})"), "the key \"a\" is given twice");
    EXPECT_EQ(reason_of(R"({"\u0061":1,"a":2})"), "the key \"a\" is given twice");
}

TEST(ManifestParse, IsBounded) {
    EXPECT_EQ(reason_of(std::string(ManifestLimits::bytes + 1, ' ')), "a manifest has at most 4194304 bytes");
    EXPECT_EQ(reason_of(image(",\"x\":" + std::string(100'000, '['))), "the JSON is nested deeper than 32 levels");
    std::string layers = kLayer;
    for (std::size_t i = 0; i < ManifestLimits::descriptors; ++i)
        layers += ",{}";
    EXPECT_EQ(reason_of(fmt::format(R"({{"schemaVersion":2,"config":{},"layers":[{}]}})", kConfig, layers)),
              "layers has more than 10000 elements");
    std::string numbers = "0";
    for (int i = 0; i < 70'000; ++i)
        numbers += ",0";
    EXPECT_TRUE(
        reason_of("{\"x\":[" + numbers + "]}").starts_with("the JSON has too many elements or too long a text"));
}

TEST(ManifestArtifactType, IsTheFieldOrTheConfigsMediaType) {
    EXPECT_EQ(Manifest::parse(image(), "")->artifact_type(), media_type::oci_config);
    EXPECT_EQ(Manifest::parse(image(R"(,"artifactType":"x/sbom")"), "")->artifact_type(), "x/sbom");
    EXPECT_EQ(Manifest::parse(image(R"(,"artifactType":"x/sbom")"), "")->descriptor().artifact_type, "x/sbom");
    EXPECT_EQ(Manifest::parse(index(), "")->artifact_type(), "");
}

TEST(RequireManifest, ThrowsWithTheSpecificationsCode) {
    try {
        require_manifest("{", "");
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
        EXPECT_EQ(error.code(), "MANIFEST_INVALID");
        EXPECT_EQ(error.message(), "the manifest is invalid: the JSON ends in the middle");
    }
}

TEST(MakeManifest, WritesKeysInAFixedOrder) {
    ManifestParts parts;
    parts.config.media_type = "a/c";
    parts.layers.resize(1);
    parts.layers[0].media_type = "a/l";
    parts.artifact_type = "a/t";
    parts.subject = Descriptor{};
    parts.subject->media_type = "a/s";
    parts.annotations = {{"z", "1"}, {"a", "2"}};
    auto nothing = Digest().to_string();
    EXPECT_EQ(make_manifest(parts).bytes(),
              fmt::format(R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
                          R"("artifactType":"a/t","config":{{"mediaType":"a/c","digest":"{0}","size":0}},)"
                          R"("layers":[{{"mediaType":"a/l","digest":"{0}","size":0}}],)"
                          R"("subject":{{"mediaType":"a/s","digest":"{0}","size":0}},)"
                          R"("annotations":{{"a":"2","z":"1"}}}})",
                          nothing));
    EXPECT_EQ(make_manifest(parts).digest(), make_manifest(parts).digest());
}

TEST(MakeIndex, IsReadBackAsWritten) {
    IndexParts parts;
    parts.manifests = Manifest::parse(index(), "")->manifests();
    parts.annotations = {{"k", "v"}};
    auto made = make_index(parts);
    EXPECT_EQ(made.manifests(), parts.manifests);
    EXPECT_EQ(made.annotations(), parts.annotations);
    EXPECT_EQ(made.media_type(), media_type::oci_index);
}

TEST(MakeManifest, RefusesWhatItWouldNotRead) { EXPECT_THROW(make_manifest(ManifestParts{}), Error); }

TEST(SelectPlatform, TakesTheFirstMatchAndNoAttestation) {
    IndexParts parts;
    auto add = [&](std::string_view content, std::optional<Platform> platform) {
        Descriptor child;
        child.media_type = media_type::oci_manifest;
        child.digest = Digest::of(content);
        child.platform = std::move(platform);
        parts.manifests.push_back(child);
    };
    add("none", std::nullopt);
    add("attestation", Platform{"unknown", "unknown", "", "", {}});
    add("amd64", Platform{"linux", "amd64", "", "", {}});
    add("v6", Platform{"linux", "arm", "v6", "", {}});
    add("v7", Platform{"linux", "arm", "v7", "", {}});
    auto made = make_index(parts);
    auto select = [&](std::string_view text) { return select_platform(made, *Platform::parse(text)); };
    EXPECT_EQ(select("linux/amd64")->digest, Digest::of("amd64"));
    EXPECT_EQ(select("linux/arm/v7")->digest, Digest::of("v7"));
    EXPECT_EQ(select("linux/arm")->digest, Digest::of("v6"));
    EXPECT_FALSE(select("linux/s390x"));
    EXPECT_FALSE(select("unknown/unknown"));
}

} // namespace cang::oci
