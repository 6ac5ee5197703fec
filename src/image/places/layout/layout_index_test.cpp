#include "image/places/layout/layout_index.hpp"

#include <gtest/gtest.h>

namespace cang::layout {
namespace {

oci::Descriptor entry(std::string_view content) {
    oci::Descriptor descriptor;
    descriptor.media_type = oci::media_type::oci_manifest;
    descriptor.digest = oci::Digest::of(content);
    descriptor.size = content.size();
    return descriptor;
}

oci::Reference reference(std::string_view text) { return *oci::Reference::parse(text); }

oci::Reference tag_only(std::string tag) {
    oci::Reference result;
    result.tag = std::move(tag);
    return result;
}

TEST(LayoutIndex, NamesComeFromReferences) {
    EXPECT_EQ(ref_name(reference("example.org/team/app:v1")), "example.org/team/app:v1");
    EXPECT_EQ(ref_name(reference("app")), "app");
    EXPECT_EQ(ref_name(tag_only("V1")), "V1");
    EXPECT_EQ(ref_name(oci::Reference{}), "");
    EXPECT_EQ(ref_name(reference("app").with_digest(oci::Digest::of("x"))), "");
}

TEST(LayoutIndex, FindsByNameAsWrittenFirst) {
    LayoutIndex index;
    index.put(entry("one"), "app:v1");
    index.put(entry("two"), "v1");
    EXPECT_EQ(index.find(reference("app:v1"))->digest, entry("one").digest);
    EXPECT_EQ(index.find(tag_only("v1"))->digest, entry("two").digest);
    EXPECT_EQ(index.find(reference("docker.io/library/app:v1"))->digest, entry("one").digest);
    EXPECT_EQ(index.find(reference("other:v1"))->digest, entry("two").digest);
    EXPECT_FALSE(index.find(reference("app:v2")));
}

TEST(LayoutIndex, FindsTheOnlyImageWithoutAName) {
    LayoutIndex index;
    EXPECT_FALSE(index.find(oci::Reference{}));
    index.put(entry("one"), "");
    EXPECT_EQ(index.find(oci::Reference{})->digest, entry("one").digest);
    auto signature = entry("signature");
    signature.artifact_type = "application/vnd.example.signature";
    index.put(signature, "");
    EXPECT_EQ(index.find(oci::Reference{})->digest, entry("one").digest);
    index.put(entry("two"), "b");
    try {
        index.find(oci::Reference{});
        ADD_FAILURE() << "an ambiguous name was accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
        EXPECT_EQ(error.message(),
                  "the layout holds 2 images, name one of them: " + entry("one").digest.to_string() + ", b");
    }
}

TEST(LayoutIndex, FindsByDigest) {
    LayoutIndex index;
    index.put(entry("one"), "a");
    EXPECT_TRUE(index.find(reference("x").with_digest(entry("one").digest)));
    EXPECT_FALSE(index.find(reference("x").with_digest(entry("two").digest)));
}

TEST(LayoutIndex, ReplacesOnlyTheSameName) {
    LayoutIndex index;
    index.put(entry("one"), "a");
    index.put(entry("two"), "b");
    index.put(entry("three"), "a");
    index.put(entry("four"), "");
    index.put(entry("four"), "");
    ASSERT_EQ(index.entries().size(), 3U);
    EXPECT_EQ(index.find_name("a")->digest, entry("three").digest);
    EXPECT_EQ(index.find_name("b")->digest, entry("two").digest);
}

TEST(LayoutIndex, SurvivesARoundTripWithForeignEntries) {
    LayoutIndex index;
    auto foreign = entry("one");
    foreign.annotations["vendor"] = "kept";
    index.put(foreign, "a");
    const auto again = LayoutIndex::parse(index.to_bytes());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->entries(), index.entries());
    EXPECT_EQ(again->entries()[0].annotations.at("vendor"), "kept");
    EXPECT_EQ(again->to_bytes(), index.to_bytes());
}

TEST(LayoutIndex, RefusesWhatIsNoIndex) {
    EXPECT_FALSE(LayoutIndex::parse("{"));
    EXPECT_FALSE(LayoutIndex::parse("[]"));
    EXPECT_FALSE(LayoutIndex::parse(R"({"schemaVersion":2,"manifests":[{"digest":"sha256:../../etc/passwd"}]})"));
}

TEST(LayoutFile, AcceptsVersionOneOnly) {
    EXPECT_FALSE(check_layout_file(layout_file_bytes()));
    EXPECT_EQ(check_layout_file(R"({"imageLayoutVersion":"2.0.0"})")->reason, "only layout version 1 is read");
    EXPECT_EQ(check_layout_file("{}")->reason, "imageLayoutVersion is missing");
    EXPECT_EQ(check_layout_file("")->reason, "imageLayoutVersion is missing");
}

} // namespace
} // namespace cang::layout
