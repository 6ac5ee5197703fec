#include "base/oci/reference.hpp"

#include <gtest/gtest.h>

namespace cang::oci {

namespace {

const std::string kHex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const std::string kDigest = "sha256:" + kHex;

// "registry|repository|tag|digest", or the reason.
std::string shape_of(const std::expected<Reference, ParseError>& reference) {
    if (!reference)
        return reference.error().to_string();
    return reference->registry + "|" + reference->repository + "|" + reference->tag.value_or("-") + "|" +
           (reference->digest ? reference->digest->short_hex() : "-");
}

std::string parse(std::string_view text) { return shape_of(Reference::parse(text)); }

} // namespace

TEST(ReferenceParse, SplitsRegistryRepositoryTagAndDigest) {
    EXPECT_EQ(parse("nginx"), "|nginx|-|-");
    EXPECT_EQ(parse("nginx:1.25"), "|nginx|1.25|-");
    EXPECT_EQ(parse("team/app/web:v2"), "|team/app/web|v2|-");
    EXPECT_EQ(parse("docker.io/library/nginx:1.25@" + kDigest), "docker.io|library/nginx|1.25|ba7816bf8f01");
    EXPECT_EQ(parse("localhost/app"), "localhost|app|-|-");
    EXPECT_EQ(parse("localhost:5000/app:x"), "localhost:5000|app|x|-");
    EXPECT_EQ(parse("10.0.0.1:443/a/b@" + kDigest), "10.0.0.1:443|a/b|-|ba7816bf8f01");
    EXPECT_EQ(parse("[2001:db8::1]:5000/app"), "[2001:db8::1]:5000|app|-|-");
    EXPECT_EQ(parse("[::1]/app:t"), "[::1]|app|t|-");
    EXPECT_EQ(parse("Registry.Example.COM/app"), "Registry.Example.COM|app|-|-");
    EXPECT_EQ(parse("myhost:5000"), "|myhost|5000|-");
}

TEST(ReferenceParse, TakesAHostOnlyWhereDockerDoes) {
    EXPECT_EQ(parse("team/app"), "|team/app|-|-");
    EXPECT_EQ(parse("team.io/app"), "team.io|app|-|-");
    EXPECT_EQ(parse("team:80/app"), "team:80|app|-|-");
}

TEST(ReferenceParse, AllowsTheSeparatorsOfTheGrammar) {
    EXPECT_EQ(parse("a.b/c_d/e__f/g-h/i---j"), "a.b|c_d/e__f/g-h/i---j|-|-");
    EXPECT_TRUE(is_valid_repository("a.b"));
    EXPECT_TRUE(is_valid_repository("0/1/2"));
    for (auto wrong :
         {"",   "/",    "a/", "/a",     "a//b", "a..b", "a._b", "a___b", "-a",  "a-",  "_a",    "a_",  ".a",
          "a.", "a/.b", "..", "a/../b", "a b",  "a\n",  "Ä",    "A",     "a:b", "a@b", "a%2fb", "a\\b"})
        EXPECT_FALSE(is_valid_repository(wrong)) << wrong;
    EXPECT_FALSE(is_valid_repository(std::string_view("a\0b", 3)));
}

TEST(ReferenceParse, BoundsNameAndTag) {
    EXPECT_TRUE(is_valid_repository(std::string(255, 'a')));
    EXPECT_FALSE(is_valid_repository(std::string(256, 'a')));
    EXPECT_TRUE(is_valid_tag(std::string(128, 'a')));
    EXPECT_FALSE(is_valid_tag(std::string(129, 'a')));
    EXPECT_EQ(parse(std::string(256, 'a')), "a repository name has at most 255 characters (at character 256)");
    EXPECT_EQ(parse("a:" + std::string(129, 't')), "a tag has at most 128 characters (at character 131)");
    EXPECT_EQ(parse(std::string(300, 'h') + ".io/a"), "a registry name has at most 255 characters (at character 256)");
}

TEST(ReferenceParse, RejectsUppercaseRepository) {
    EXPECT_EQ(parse("Nginx"), "a repository name is written in lower case (at character 1)");
    EXPECT_EQ(parse("docker.io/library/nGinx:1"), "a repository name is written in lower case (at character 20)");
}

TEST(ReferenceParse, RejectsUserinfoWithoutRepeatingIt) {
    for (auto text :
         {"alice:s3cret@registry.io/app", "s3cret@registry.io:5000/app:1", "alice:s3@cret@registry.io/app"}) {
        auto reason = parse(text);
        EXPECT_TRUE(reason.starts_with("a reference has no user name or password; log in to the registry instead"))
            << reason;
        EXPECT_EQ(reason.find("s3"), std::string::npos) << reason;
    }
}

TEST(ReferenceParse, SaysWhatIsWrong) {
    EXPECT_EQ(parse(""), "the reference is empty (at character 1)");
    EXPECT_EQ(parse("https://registry.io/app"), "a reference has no scheme (at character 6)");
    EXPECT_EQ(parse("registry.io/"), "the repository name is missing (at character 13)");
    EXPECT_EQ(parse(":tag"), "the repository name is missing (at character 1)");
    EXPECT_EQ(parse("/app"), "each part of a repository name begins and ends with a letter or digit (at character 1)");
    EXPECT_EQ(parse("app:"), "the tag is missing (at character 5)");
    EXPECT_EQ(parse("app:a/b:"), "the registry's port is not a number (at character 5)");
    EXPECT_EQ(parse("app:-x"), "a tag begins with a letter, a digit or '_' (at character 5)");
    EXPECT_EQ(parse("app:a b"), "a tag has only letters, digits, '_', '.' and '-' (at character 6)");
    EXPECT_EQ(parse("app@"), "a digest is written algorithm:hex (at character 5)");
    EXPECT_EQ(parse("app@sha256:12"), "a sha256 digest has 64 hex digits, not 2 (at character 12)");
    EXPECT_EQ(parse("@" + kDigest), "the repository name is missing (at character 1)");
    EXPECT_EQ(parse("a b"), "a repository name has only a-z, 0-9, '.', '_', '-' and '/' (at character 2)");
    EXPECT_EQ(parse("host:99999/app"), "the registry's port is larger than 65535 (at character 6)");
    EXPECT_EQ(parse("host:/app"), "the registry's port is missing (at character 6)");
    EXPECT_EQ(parse("a..b/app"), "the registry's host name has an empty part (at character 3)");
    EXPECT_EQ(parse("a.b./app"), "the registry's host name has an empty part (at character 4)");
    EXPECT_EQ(parse("a-.io/app"),
              "the registry's host name has a character that does not belong there (at character 2)");
    EXPECT_EQ(parse("a_b.io/app"),
              "the registry's host name has a character that does not belong there (at character 2)");
    EXPECT_EQ(parse("[::1/app"), "an IPv6 address is written [address] (at character 1)");
    EXPECT_EQ(parse("[::g]/app"), "an IPv6 address has only hex digits and ':' (at character 4)");
    EXPECT_EQ(parse("[::1]x/app"), "after an IPv6 address comes ':' and a port, or '/' (at character 6)");
}

TEST(ReferenceParse, SurvivesPrinting) {
    for (const auto& text : {std::string("nginx"), std::string("localhost:5000/a/b:t"), "[::1]:80/a@" + kDigest,
                             "docker.io/library/nginx:1@" + kDigest}) {
        auto reference = Reference::parse(text);
        ASSERT_TRUE(reference) << text;
        EXPECT_EQ(reference->to_string(), text);
        EXPECT_EQ(Reference::parse(reference->to_string()), *reference);
    }
}

TEST(ReferenceParseDocker, CompletesShortNames) {
    auto docker = [](std::string_view text) {
        auto reference = Reference::parse_docker(text);
        return reference ? reference->to_string() : reference.error().to_string();
    };
    EXPECT_EQ(docker("nginx"), "docker.io/library/nginx:latest");
    EXPECT_EQ(docker("team/app:1"), "docker.io/team/app:1");
    EXPECT_EQ(docker("docker.io/nginx"), "docker.io/library/nginx:latest");
    EXPECT_EQ(docker("index.docker.io/nginx"), "docker.io/library/nginx:latest");
    EXPECT_EQ(docker("ghcr.io/app"), "ghcr.io/app:latest");
    EXPECT_EQ(docker("nginx@" + kDigest), "docker.io/library/nginx@" + kDigest);
    EXPECT_EQ(docker(kHex), "64 hex digits are an image ID, not a repository (at character 1)");
    EXPECT_EQ(docker(std::string(250, 'a')), "a repository name has at most 255 characters (at character 251)");
}

TEST(Reference, AsksForTheDigestBeforeTheTag) {
    EXPECT_EQ(Reference::parse("a")->tag_or_digest(), "latest");
    EXPECT_EQ(Reference::parse("a:t")->tag_or_digest(), "t");
    EXPECT_EQ(Reference::parse("a:t@" + kDigest)->tag_or_digest(), kDigest);
}

TEST(Reference, ExchangesTagAndDigest) {
    auto reference = *Reference::parse("r.io/a:t@" + kDigest);
    EXPECT_EQ(reference.with_tag("u").to_string(), "r.io/a:u");
    EXPECT_EQ(reference.with_digest(Digest()).to_string(), "r.io/a@" + Digest().to_string());
}

} // namespace cang::oci
