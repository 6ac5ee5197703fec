#include "distribution/manifests.hpp"

#include "distribution/names.hpp"
#include "distribution/referrers.hpp"
#include "distribution/test_conversation.hpp"

namespace cang::distribution {
namespace {

oci::Manifest image(const std::string& note, std::optional<oci::Descriptor> subject = {}) {
    oci::ManifestParts parts;
    parts.config = oci::Descriptor{.media_type = std::string(oci::media_type::oci_empty),
                                   .digest = oci::Digest::of(std::string_view("{}")),
                                   .size = 2};
    parts.annotations = {{"note", note}};
    parts.artifact_type = "application/x-test";
    parts.subject = std::move(subject);
    return oci::make_manifest(parts);
}

const oci::Manifest kImage = image("one");
const std::string kType = std::string(oci::media_type::oci_manifest);

std::string ask(ScriptedServer& server, std::function<awaitable<void>(Manifests&)> body) {
    return talk(server, plain_options(), [&](RegistryClient& client) -> awaitable<void> {
        Manifests manifests(client, "a");
        co_await body(manifests);
    });
}

TEST(RegistryManifests, AreFoundByHead) {
    ScriptedServer server(
        {Exchange{.method = "HEAD",
                  .target = "/v2/a/manifests/v1",
                  .headers = {{"Accept", std::string(oci::manifest_accept())}},
                  .response_headers = {{"Content-Type", kType}, {"Docker-Content-Digest", kImage.digest().to_string()}},
                  .body = kImage.bytes()},
         Exchange{.method = "HEAD", .target = "/v2/a/manifests/v2", .status = 404}});
    EXPECT_EQ(ask(server,
                  [](Manifests& manifests) -> awaitable<void> {
                      auto found = co_await manifests.find("v1");
                      auto absent = co_await manifests.find("v2");
                      EXPECT_TRUE(found && found->digest == kImage.digest() && found->size == kImage.bytes().size() &&
                                  found->media_type == kType);
                      EXPECT_FALSE(absent);
                  }),
              "");
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryManifests, AreFoundByGetWhereHeadSaysTooLittle) {
    ScriptedServer server({Exchange{.method = "HEAD", .target = "/v2/a/manifests/v1"},
                           Exchange{.target = "/v2/a/manifests/v1",
                                    .response_headers = {{"Content-Type", "text/plain"}},
                                    .body = kImage.bytes()}});
    EXPECT_EQ(ask(server,
                  [](Manifests& manifests) -> awaitable<void> {
                      auto found = co_await manifests.find("v1");
                      EXPECT_TRUE(found && found->digest == kImage.digest() && found->media_type == kType);
                  }),
              "");
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryManifests, AreVerified) {
    oci::Manifest other = image("two");
    std::string by_digest = "/v2/a/manifests/" + kImage.digest().to_string();
    ScriptedServer server(
        {Exchange{.target = by_digest, .response_headers = {{"Content-Type", kType}}, .body = other.bytes()},
         Exchange{.target = "/v2/a/manifests/v1",
                  .response_headers = {{"Docker-Content-Digest", kImage.digest().to_string()}},
                  .body = other.bytes()},
         Exchange{.target = "/v2/a/manifests/v1", .body = "<html>"},
         Exchange{.target = "/v2/a/manifests/v1", .body = std::string(MiB, ' '), .body_repeat = 5}});
    std::string registry = server.authority();
    auto get = [&](std::string name) {
        return ask(server, [name](Manifests& manifests) -> awaitable<void> { co_await manifests.get(name); });
    };
    EXPECT_EQ(get(kImage.digest().to_string()),
              fmt::format("corrupt: the manifest {}/a@{} turned out to be {}", registry, kImage.digest().to_string(),
                          other.digest().to_string()));
    EXPECT_EQ(get("v1"),
              fmt::format("corrupt: the manifest {}/a:v1 turned out to be {}", registry, other.digest().to_string()));
    EXPECT_TRUE(get("v1").starts_with(fmt::format("corrupt: the manifest {}/a:v1 is not valid: ", registry)));
    EXPECT_EQ(get("v1"), fmt::format("corrupt: the manifest {}/a:v1 is larger than 4.2 MB", registry));
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryManifests, AskConditionally) {
    std::string known = "\"" + kImage.digest().to_string() + "\"";
    ScriptedServer server(
        {Exchange{.target = "/v2/a/manifests/v1", .headers = {{"If-None-Match", known}}, .status = 304},
         Exchange{.target = "/v2/a/manifests/v1", .headers = {{"If-None-Match", known}}, .body = kImage.bytes()},
         Exchange{
             .target = "/v2/a/manifests/v1", .headers = {{"If-None-Match", known}}, .body = image("two").bytes()}});
    EXPECT_EQ(ask(server,
                  [](Manifests& manifests) -> awaitable<void> {
                      auto first = co_await manifests.get_if_changed("v1", kImage.digest());
                      auto second = co_await manifests.get_if_changed("v1", kImage.digest());
                      auto third = co_await manifests.get_if_changed("v1", kImage.digest());
                      EXPECT_FALSE(first);
                      EXPECT_FALSE(second);
                      EXPECT_TRUE(third);
                  }),
              "");
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryManifests, ArePutAndDeleted) {
    ScriptedServer server({Exchange{.method = "PUT",
                                    .target = "/v2/a/manifests/v1",
                                    .headers = {{"Content-Type", kType}},
                                    .request_body = kImage.bytes(),
                                    .status = 201,
                                    .response_headers = {{"Docker-Content-Digest", kImage.digest().to_string()},
                                                         {"OCI-Subject", "sha256:x"}}},
                           Exchange{.method = "PUT",
                                    .target = "/v2/a/manifests/v2",
                                    .status = 201,
                                    .response_headers = {{"Docker-Content-Digest", image("x").digest().to_string()}}},
                           Exchange{.method = "DELETE", .target = "/v2/a/manifests/v1", .status = 202},
                           Exchange{.method = "DELETE", .target = "/v2/a/manifests/v1", .status = 404}});
    std::string said = ask(server, [](Manifests& manifests) -> awaitable<void> {
        PutOutcome outcome = co_await manifests.put(kImage, "v1");
        bool first = co_await manifests.erase("v1");
        bool second = co_await manifests.erase("v1");
        EXPECT_TRUE(outcome.subject_listed);
        EXPECT_TRUE(first);
        EXPECT_FALSE(second);
        co_await manifests.put(kImage, "v2");
    });
    EXPECT_EQ(said, fmt::format("corrupt: writing {}/a:v2: the registry stored {} instead of {}", server.authority(),
                                image("x").digest().to_string(), kImage.digest().to_string()));
    EXPECT_EQ(server.problems(), "");
}

std::string tags_of(ScriptedServer& server, std::vector<std::string>& tags) {
    return talk(server, plain_options(),
                [&](RegistryClient& client) -> awaitable<void> { tags = co_await list_tags(client, "a"); });
}

TEST(RegistryTags, FollowPagesAndSort) {
    ScriptedServer server(
        {Exchange{.target = "/v2/a/tags/list?n=1000",
                  .response_headers = {{"Link", "</v2/a/tags/list?n=2&last=c>; rel=\"next\""}},
                  .body = R"({"name":"a","tags":["c","b"]})"},
         Exchange{.target = "/v2/a/tags/list?n=2&last=c",
                  .response_headers = {{"Link", "<https://elsewhere.example/v2/a/tags/list?last=d>; rel=next"}},
                  .body = R"({"tags":["a","b","bad tag",7]})"},
         Exchange{.target = "/v2/a/tags/list?last=d", .body = R"({"tags":null})"}});
    std::vector<std::string> tags;
    EXPECT_EQ(tags_of(server, tags), "");
    EXPECT_EQ(tags, (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryTags, NeverGoInCircles) {
    ScriptedServer server({Exchange{.target = "/v2/a/tags/list?n=1000",
                                    .forever = true,
                                    .response_headers = {{"Link", "<?last=x>; rel=next"}},
                                    .body = "{}"},
                           Exchange{.target = "/v2/a/tags/list?last=x",
                                    .forever = true,
                                    .response_headers = {{"Link", "</v2/a/tags/list?n=1000>; rel=next"}},
                                    .body = "{}"}});
    std::vector<std::string> tags;
    EXPECT_EQ(
        tags_of(server, tags),
        fmt::format("corrupt: listing the tags of {}/a: the registry's pages go in a circle", server.authority()));
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST(RegistryTags, SurviveHostileLists) {
    ScriptedServer server({Exchange{.target = "/v2/a/tags/list?n=1000", .body = "{\"tags\":[" + std::string(2000, '[')},
                           Exchange{.target = "/v2/a/tags/list?n=1000", .body = "[1]"},
                           Exchange{.target = "/v2/a/tags/list?n=1000", .body = R"({"tags":{"a":1}})"},
                           Exchange{.target = "/v2/a/tags/list?n=1000",
                                    .response_headers = {{"Transfer-Encoding", "chunked"}},
                                    .body = "400\r\n" + std::string(1024, 'a') + "\r\n",
                                    .body_repeat = 1'000'000'000},
                           Exchange{.target = "/v2/a/tags/list?n=1000", .status = 404}});
    std::string action = fmt::format("listing the tags of {}/a", server.authority());
    std::vector<std::string> tags;
    EXPECT_EQ(tags_of(server, tags), "corrupt: " + action + ": the registry sent something that is not JSON");
    EXPECT_EQ(tags_of(server, tags), "corrupt: " + action + ": the registry's answer has no list \"tags\"");
    EXPECT_EQ(tags_of(server, tags), "corrupt: " + action + ": the registry's answer has no list \"tags\"");
    std::string endless = tags_of(server, tags);
    EXPECT_TRUE(endless.find("is larger than") != std::string::npos) << endless;
    EXPECT_EQ(tags_of(server, tags), "not_found: " + action + ": there is no such repository");
}

TEST(RegistryReferrers, ComeFromTheApiFiltered) {
    auto subject = kImage.digest();
    oci::IndexParts parts;
    oci::Descriptor wanted = image("sbom", kImage.descriptor()).descriptor();
    oci::Descriptor other = image("other", kImage.descriptor()).descriptor();
    other.artifact_type = "application/other";
    parts.manifests = {wanted, other};
    std::string target = "/v2/a/referrers/" + subject.to_string() + "?artifactType=application%2Fx-test";
    ScriptedServer server({Exchange{.target = target, .body = oci::make_index(parts).bytes()}});
    EXPECT_EQ(talk(server, plain_options(),
                   [&](RegistryClient& client) -> awaitable<void> {
                       Referrers referrers(client, "a");
                       auto list = co_await referrers.list(subject, "application/x-test");
                       EXPECT_EQ(list.size(), 1U);
                       if (!list.empty())
                           EXPECT_EQ(list[0].digest, wanted.digest);
                   }),
              "");
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryReferrers, FallBackToTheTagSchema) {
    auto subject = kImage.digest();
    oci::Descriptor first = image("1", kImage.descriptor()).descriptor();
    oci::Descriptor second = image("2", kImage.descriptor()).descriptor();
    oci::IndexParts one;
    one.manifests = {first};
    oci::IndexParts both;
    both.manifests = {first, second};
    std::string tag = "/v2/a/manifests/sha256-" + subject.hex();
    ScriptedServer server(
        {Exchange{.target = "/v2/a/referrers/" + subject.to_string(), .status = 404},
         Exchange{.target = tag, .body = oci::make_index(one).bytes()},
         Exchange{.target = tag, .body = oci::make_index(one).bytes()},
         Exchange{.target = tag, .body = oci::make_index(one).bytes()},
         Exchange{.method = "PUT", .target = tag, .request_body = oci::make_index(both).bytes(), .status = 201}});
    EXPECT_EQ(talk(server, plain_options(),
                   [&](RegistryClient& client) -> awaitable<void> {
                       Referrers referrers(client, "a");
                       auto list = co_await referrers.list(subject);
                       EXPECT_EQ(list.size(), 1U);
                       co_await referrers.add_to_tag_schema(subject, first); // already there
                       co_await referrers.add_to_tag_schema(subject, second);
                   }),
              "");
    EXPECT_EQ(server.problems(), "");
}

} // namespace
} // namespace cang::distribution
