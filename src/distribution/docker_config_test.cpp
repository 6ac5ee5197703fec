#include "distribution/docker_config.hpp"

#include "distribution/credential_helper.hpp"
#include "distribution/credential_store.hpp"
#include "testing/temp_dir.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace cang::distribution {
namespace {

DockerConfig parsed(std::string_view text) {
    auto config = DockerConfig::parse(text);
    EXPECT_TRUE(config) << (config ? "" : config.error().to_string());
    return config ? *config : DockerConfig();
}

std::string show(const std::optional<Credentials>& credentials) {
    if (!credentials)
        return "none";
    return credentials->username + "/" + credentials->password.reveal() + "/" + credentials->identity_token.reveal();
}

TEST(DockerConfig, FindsEntriesByHost) {
    DockerConfig config = parsed(R"({"auths":{
        "https://index.docker.io/v1/":{"auth":"aHViOnMzY3JldA=="},
        "registry.example:5000":{"username":"u","password":"p"},
        "https://old.example/v2/":{"auth":"b2xkOmE6Yg=="},
        "token.example":{"auth":"PHRva2VuPjo=","identitytoken":"it"},
        "kept.by.helper":{}}})");
    EXPECT_EQ(show(config.find("docker.io")), "hub/s3cret/");
    EXPECT_EQ(show(config.find("registry-1.docker.io")), "hub/s3cret/");
    EXPECT_EQ(show(config.find("registry.example:5000")), "u/p/");
    EXPECT_EQ(show(config.find("old.example")), "old/a:b/");
    EXPECT_EQ(show(config.find("token.example")), "<token>//it");
    EXPECT_EQ(show(config.find("kept.by.helper")), "none");
    EXPECT_EQ(show(config.find("registry.example")), "none");
}

TEST(DockerConfig, NamesTheHelperInCharge) {
    DockerConfig config = parsed(R"({"credHelpers":{"a.example":"one"},"credsStore":"two"})");
    EXPECT_EQ(config.helper_for("a.example"), "one");
    EXPECT_EQ(config.helper_for("b.example"), "two");
    EXPECT_EQ(parsed("{}").helper_for("b.example"), "");
}

TEST(DockerConfig, KeepsWhatItDoesNotKnow) {
    DockerConfig config = parsed(
        R"({"HttpHeaders":{"a":"b"},"auths":{"https://index.docker.io/v1/":{"auth":"YTpi"},"x":{"auth":"YTpi"}}})");
    EXPECT_TRUE(config.erase("docker.io"));
    EXPECT_FALSE(config.erase("docker.io"));
    config.put("y", Credentials{.username = "u", .password = Secret("p")});
    EXPECT_EQ(config.to_text(),
              "{\"HttpHeaders\":{\"a\":\"b\"},\"auths\":{\"x\":{\"auth\":\"YTpi\"},\"y\":{\"auth\":\"dTpw\"}}}\n");
}

TEST(DockerConfig, RejectsWhatIsNoConfiguration) {
    for (std::string_view text : {"[", "[]", "1", R"({"auths":[]})", R"({"credHelpers":"x"})"})
        EXPECT_FALSE(DockerConfig::parse(text)) << text;
    EXPECT_FALSE(DockerConfig::parse(std::string(100, '[')));
    EXPECT_TRUE(DockerConfig::parse(""));
}

class CredentialHelpers : public ::testing::Test {
protected:
    void SetUp() override {
        path_ = std::getenv("PATH");
        ::setenv("PATH", (directory_.path().string() + ":" + path_).c_str(), 1);
    }
    void TearDown() override { ::setenv("PATH", path_.c_str(), 1); }

    void install(const std::string& name, const std::string& script) {
        auto file = directory_ / ("docker-credential-" + name);
        std::ofstream(file) << "#!/bin/sh\n" << script;
        ::chmod(file.c_str(), 0755);
    }
    std::string failure(const std::string& name) {
        try {
            CredentialHelper(name).find("r.example");
            return "no error";
        } catch (const Error& error) {
            return error.message();
        }
    }

    cang::testing::TempDir directory_;
    std::string path_;
};

TEST_F(CredentialHelpers, GiveStoreAndErase) {
    auto kept = (directory_ / "kept").string();
    install("file", "case $1 in get) read server; test -f " + kept +
                        " || { echo 'credentials not found in native keychain'; exit 1; }; cat " + kept +
                        ";; store) cat > " + kept + ";; erase) rm " + kept + ";; esac\n");
    CredentialHelper helper("file");
    EXPECT_EQ(show(helper.find("r.example")), "none");
    helper.put("r.example", Credentials{.username = "u", .password = Secret("p\"q")});
    EXPECT_EQ(show(helper.find("r.example")), "u/p\"q/");
    helper.put("r.example", Credentials{.username = "u", .identity_token = Secret("t")});
    EXPECT_EQ(show(helper.find("r.example")), "//t");
    helper.erase("r.example");
    EXPECT_EQ(show(helper.find("r.example")), "none");
}

TEST_F(CredentialHelpers, FailWithTheirNameAndNoSecret) {
    install("broken", "echo secret-text; exit 1\n");
    install("garbage", "echo '<html>'\n");
    install("endless", "yes\n");
    EXPECT_EQ(failure("broken"), "docker-credential-broken could not give the credentials of r.example");
    EXPECT_EQ(failure("garbage"), "docker-credential-garbage answered something that is not JSON");
    EXPECT_EQ(failure("endless"), "docker-credential-endless answered more than 65536 bytes");
    EXPECT_EQ(failure("absent"), "running docker-credential-absent: No such file or directory");
    EXPECT_EQ(failure("../evil"), "the credential helper in the configuration has an invalid name");
}

TEST_F(CredentialHelpers, AreAskedByTheStore) {
    install("fixed", "echo '{\"ServerURL\":\"x\",\"Username\":\"helped\",\"Secret\":\"s\"}'\n");
    auto file = directory_ / "config.json";
    std::ofstream(file) << R"({"auths":{"own.example":{"auth":"YTpi"}},"credHelpers":{"r.example":"fixed"}})";
    CredentialStore store({file, directory_ / "absent.json"});
    EXPECT_EQ(show(store.find("own.example")), "a/b/");
    EXPECT_EQ(show(store.find("r.example")), "helped/s/");
    EXPECT_TRUE(store.find("other.example").anonymous());
}

TEST(CredentialStore, WritesForTheOwnerOnly) {
    cang::testing::TempDir directory;
    auto file = directory.path() / "new" / "auth.json";
    CredentialStore store = CredentialStore::from_environment(file);
    EXPECT_TRUE(store.find("r.example").anonymous());
    store.put("r.example", Credentials{.username = "u", .password = Secret("p")});
    EXPECT_EQ(show(store.find("r.example")), "u/p/");
    struct stat status{};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_TRUE(store.erase("r.example"));
    EXPECT_FALSE(store.erase("r.example"));
    EXPECT_TRUE(store.find("r.example").anonymous());
}

TEST(CredentialStore, LooksWhereTheEnvironmentSays) {
    cang::testing::TempDir directory;
    ::setenv("DOCKER_CONFIG", directory.path().c_str(), 1);
    EXPECT_EQ(CredentialStore::from_environment().written_file(), directory / "config.json");
    ::setenv("REGISTRY_AUTH_FILE", "/some/auth.json", 1);
    EXPECT_EQ(CredentialStore::from_environment().written_file(), "/some/auth.json");
    ::unsetenv("REGISTRY_AUTH_FILE");
    ::unsetenv("DOCKER_CONFIG");
}

} // namespace
} // namespace cang::distribution
