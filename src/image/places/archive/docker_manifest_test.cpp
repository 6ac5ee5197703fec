#include "image/places/archive/docker_manifest.hpp"

#include <gtest/gtest.h>

namespace cang::archive {
namespace {

oci::Reference reference(std::string_view text) { return *oci::Reference::parse(text); }

std::string reason(std::string_view bytes) {
    const auto parsed = parse_docker_manifest(bytes);
    return parsed ? "parsed" : parsed.error().reason;
}

TEST(DockerManifest, ReadsWhatDockerWrites) {
    const auto images = parse_docker_manifest(
        R"([{"Config":"ab.json","RepoTags":["app:1","app:2"],"Layers":["x/layer.tar","./y/layer.tar"]},)"
        R"({"Config":"blobs/sha256/cd","RepoTags":null,"Layers":null}])");
    ASSERT_TRUE(images);
    ASSERT_EQ(images->size(), 2U);
    EXPECT_EQ(images->at(0).layers, (std::vector<std::string>{"x/layer.tar", "y/layer.tar"}));
    EXPECT_EQ(images->at(1).config, "blobs/sha256/cd");
    EXPECT_TRUE(images->at(1).repo_tags.empty());
}

TEST(DockerManifest, PrintsWhatItReads) {
    const std::vector<ArchiveImage> images{{"ab.json", {"app:1"}, {"x.tar", "y.tar"}}, {"cd.json", {}, {}}};
    const auto bytes = print_docker_manifest(images);
    EXPECT_EQ(bytes, R"([{"Config":"ab.json","RepoTags":["app:1"],"Layers":["x.tar","y.tar"]},)"
                     R"({"Config":"cd.json","RepoTags":[],"Layers":[]}])");
    EXPECT_EQ(*parse_docker_manifest(bytes), images);
}

TEST(DockerManifest, SaysWhatIsWrong) {
    EXPECT_EQ(reason("["), "not JSON");
    EXPECT_EQ(reason("{}"), "not an array");
    EXPECT_EQ(reason("[1]"), "[0] is not an object");
    EXPECT_EQ(reason("[{}]"), "[0].Config is missing");
    EXPECT_EQ(reason(R"([{"Config":"../../etc/passwd"}])"), "[0].Config leaves the archive");
    EXPECT_EQ(reason(R"([{"Config":"/etc/passwd"}])"), "[0].Config leaves the archive");
    EXPECT_EQ(reason(R"([{"Config":"a","Layers":["b/../../c"]}])"), "[0].Layers has a path that leaves the archive");
    EXPECT_EQ(reason(R"([{"Config":"a","Layers":{}}])"), "[0].Layers is not an array");
    EXPECT_EQ(reason(R"([{"Config":"a","RepoTags":[7]}])"), "[0].RepoTags has an element that is not a string");
    std::string many = R"([{"Config":"a","Layers":["l")";
    for (std::size_t i = 0; i < ArchiveLimits::layers; ++i)
        many += R"(,"l")";
    EXPECT_EQ(reason(many + "]}]"), "[0].Layers has more than 1000 elements");
    EXPECT_EQ(reason(std::string(10'000, '[')), "not JSON");
}

TEST(ArchivePath, IsNormalisedInsideTheArchive) {
    EXPECT_EQ(clean_path("./a//b/../c"), "a/c");
    EXPECT_EQ(clean_path("a/"), "a");
    EXPECT_FALSE(clean_path(""));
    EXPECT_FALSE(clean_path("."));
    EXPECT_FALSE(clean_path("/a"));
    EXPECT_FALSE(clean_path("a/../../b"));
    EXPECT_FALSE(clean_path(std::string(5000, 'a')));
    EXPECT_FALSE(clean_path(std::string_view("a\0b", 3)));
}

TEST(DockerManifest, FindsImagesAsDockerNamesThem) {
    const std::vector<ArchiveImage> images{{"a.json", {"app:1"}, {}}, {"b.json", {"example.org/team/app:latest"}, {}}};
    EXPECT_EQ(find_image(images, reference("docker.io/library/app:1")), &images[0]);
    EXPECT_EQ(find_image(images, reference("app:1")), &images[0]);
    EXPECT_EQ(find_image(images, reference("example.org/team/app")), &images[1]);
    EXPECT_EQ(find_image(images, reference("app:2")), nullptr);
}

TEST(DockerManifest, NeedsANameWhenThereAreSeveralImages) {
    const std::vector<ArchiveImage> one{{"a.json", {"app:1"}, {}}};
    EXPECT_EQ(find_image(one, oci::Reference{}), one.data());
    const std::vector<ArchiveImage> two{{"a.json", {"app:1"}, {}}, {"b.json", {}, {}}};
    try {
        find_image(two, oci::Reference{});
        ADD_FAILURE() << "an ambiguous name was accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "the archive holds 2 images, name one of them: app:1, b.json");
    }
}

TEST(RepoTag, IsWhatDockerShows) {
    EXPECT_EQ(repo_tag(reference("docker.io/library/app:1")), "app:1");
    EXPECT_EQ(repo_tag(reference("docker.io/team/app")), "team/app:latest");
    EXPECT_EQ(repo_tag(reference("example.org/app:1")), "example.org/app:1");
    EXPECT_EQ(repo_tag(oci::Reference{}), "");
    EXPECT_EQ(repo_tag(reference("app").with_digest(oci::Digest::of("x"))), "");
}

} // namespace
} // namespace cang::archive
