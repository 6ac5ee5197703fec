#include "image/place_name.hpp"

#include <gtest/gtest.h>

namespace cang::image {
namespace {

std::string error_of(std::string_view text) {
    auto name = parse_place_name(text);
    return name ? "parsed as " + name->to_string() : name.error().to_string();
}

std::string usage_error_of(std::string_view text) {
    try {
        return "parsed as " + require_place_name("SOURCE", text).to_string();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
        return error.message();
    }
}

TEST(PlaceName, PrintsWhatItRead) {
    for (std::string_view text :
         {"docker://registry.example.com:5000/team/app:v1", "docker-archive:/tmp/app.tar",
          "docker-archive:/tmp/app.tar:docker.io/library/app:v1", "oci:images", "oci:images:v1",
          "oci:images:team/app:v1", "oci-archive:app.tar:v1", "docker-daemon:docker.io/library/app:dev", "app:v1",
          "team/app", "oci:images@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}) {
        auto name = parse_place_name(text);
        EXPECT_TRUE(name) << text << ": " << error_of(text);
        if (name)
            EXPECT_EQ(name->to_string(), text);
    }
}

TEST(PlaceName, KnowsTheKinds) {
    EXPECT_EQ(parse_place_name("docker://a/b")->kind, PlaceKind::registry);
    EXPECT_EQ(parse_place_name("docker-archive:a")->kind, PlaceKind::docker_archive);
    EXPECT_EQ(parse_place_name("oci:a")->kind, PlaceKind::oci_layout);
    EXPECT_EQ(parse_place_name("oci-archive:a")->kind, PlaceKind::oci_archive);
    EXPECT_EQ(parse_place_name("docker-daemon:a")->kind, PlaceKind::docker_daemon);
    EXPECT_EQ(parse_place_name("a")->kind, PlaceKind::warehouse);
}

TEST(PlaceName, ReadsShortDockerNamesAsDockerDoes) {
    EXPECT_EQ(parse_place_name("docker://nginx")->reference->registry, "docker.io");
    EXPECT_EQ(parse_place_name("docker://nginx")->reference->repository, "library/nginx");
    EXPECT_EQ(parse_place_name("docker-daemon:nginx:1")->reference->to_string(), "docker.io/library/nginx:1");
}

TEST(PlaceName, AWordAfterALayoutIsATag) {
    auto name = parse_place_name("oci:dir:v1");
    ASSERT_TRUE(name);
    EXPECT_EQ(name->reference->tag, "v1");
    EXPECT_EQ(name->reference->repository, "");
}

TEST(PlaceName, APathAloneNamesTheOneImageInIt) {
    EXPECT_FALSE(parse_place_name("oci:dir")->reference);
    EXPECT_FALSE(parse_place_name("docker-archive:a.tar")->reference);
}

TEST(PlaceName, TellsWhatIsWrong) {
    EXPECT_EQ(error_of(""), "the name is empty (at character 1)");
    EXPECT_EQ(error_of("docker://"), "the image name is missing (at character 10)");
    EXPECT_EQ(error_of("docker-daemon:"), "the image name is missing (at character 15)");
    EXPECT_EQ(error_of("oci:"), "the path is missing (at character 5)");
    EXPECT_EQ(error_of("oci::v1"), "the path is missing (at character 5)");
    EXPECT_EQ(error_of("oci:dir:"), "the name after the path is empty (at character 9)");
    EXPECT_EQ(error_of(std::string(9000, 'a')), "the name is too long (at character 8193)");
    EXPECT_EQ(error_of(std::string_view("a\0b", 3)), "the name has a NUL character (at character 2)");
}

TEST(PlaceName, RefusesPlacesThatDoNotExistHereWithAHint) {
    EXPECT_EQ(usage_error_of("dir:/tmp/x"), "SOURCE \"dir:/tmp/x\": dir: places are not supported (at character 1)\n"
                                            "use oci:DIRECTORY, which keeps digests and holds several images");
    EXPECT_EQ(usage_error_of("https://example.com/app"),
              "SOURCE \"https://example.com/app\": an image name has no URL scheme (at character 1)\n"
              "write docker://HOST/REPOSITORY:TAG");
    EXPECT_EQ(usage_error_of("docker:nginx"),
              "SOURCE \"docker:nginx\": docker: is followed by two slashes (at character 1)\n"
              "write docker://HOST/REPOSITORY:TAG");
}

TEST(PlaceName, ABareNameWithARegistryIsAMistake) {
    EXPECT_EQ(usage_error_of("localhost:5000/app:v1"),
              "SOURCE \"localhost:5000/app:v1\": localhost:5000 looks like a registry, but a name without docker:// is "
              "one of the warehouse (at character 1)\nwrite docker://localhost:5000/app:v1");
}

TEST(PlaceName, PositionsCountFromTheStartOfTheWholeName) {
    auto name = parse_place_name("docker://host.example/Upper");
    ASSERT_FALSE(name);
    EXPECT_GE(name.error().position, 9U);
}

TEST(ArchiveName, APlainFileIsADockerArchive) {
    EXPECT_EQ(require_archive_name("--to", "images.tar").to_string(), "docker-archive:images.tar");
    EXPECT_EQ(require_archive_name("--to", "/tmp/a:b.tar").path, "/tmp/a:b.tar");
    EXPECT_EQ(require_archive_name("--to", "oci-archive:x.tar").kind, PlaceKind::oci_archive);
    EXPECT_EQ(require_archive_name("--to", "docker://host.example/app").kind, PlaceKind::registry);
    EXPECT_THROW(require_archive_name("--to", ""), Error);
    EXPECT_THROW(require_archive_name("--to", "dir:/tmp/x"), Error);
}

TEST(RepositoryName, HasNoTag) {
    EXPECT_EQ(require_repository_name("REPOSITORY", "docker://host.example/app").reference->repository, "app");
    EXPECT_FALSE(require_repository_name("REPOSITORY", "docker://host.example/app").reference->tag);
    try {
        require_repository_name("REPOSITORY", "team/app:v1");
        FAIL() << "accepted a tag";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(),
                  "REPOSITORY \"team/app:v1\": a repository is named without tag or digest (at character 9)");
    }
    try {
        require_repository_name("REPOSITORY", "oci:dir");
        FAIL() << "accepted a layout";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(),
                  "REPOSITORY \"oci:dir\": only a registry or the warehouse has repositories (at character 1)");
    }
}

} // namespace
} // namespace cang::image
