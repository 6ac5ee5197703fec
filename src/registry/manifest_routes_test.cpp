#include "registry/registry_fixture.hpp"

namespace cang::registry {
namespace {

using ManifestRoutes = RegistryFixture;

TEST_F(ManifestRoutes, End7ThenEnd3ServeTheSameBytesByTagAndByDigest) {
    auto manifest = push_image("library/app", "v1", "one");
    for (const auto& reference : {std::string("v1"), manifest.digest().to_string()}) {
        auto reply = get("/v2/library/app/manifests/" + reference);
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.body, manifest.bytes());
        EXPECT_EQ(reply.header("Content-Type"), oci::media_type::oci_manifest);
        EXPECT_EQ(reply.header("Docker-Content-Digest"), manifest.digest().to_string());
    }
}

TEST_F(ManifestRoutes, End3HeadStatesTheLengthWithoutABody) {
    auto manifest = push_image("library/app", "v1", "one");
    auto reply = send(http::Method::head, "/v2/library/app/manifests/v1");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(reply.stated_length, manifest.bytes().size());
}

TEST_F(ManifestRoutes, ServesWhatIsStoredWhateverAcceptSays) {
    push_image("library/app", "v1", "one");
    EXPECT_EQ(get("/v2/library/app/manifests/v1", {{"Accept", "text/html"}}).status, 200);
}

TEST_F(ManifestRoutes, AnswersNotModifiedToAKnownDigest) {
    auto manifest = push_image("library/app", "v1", "one");
    auto etag = get("/v2/library/app/manifests/v1").header("ETag");
    EXPECT_EQ(get("/v2/library/app/manifests/v1", {{"If-None-Match", etag}}).status, 304);
    push_image("library/app", "v1", "two");
    EXPECT_EQ(get("/v2/library/app/manifests/v1", {{"If-None-Match", etag}}).status, 200);
}

TEST_F(ManifestRoutes, TellsAMissingManifestFromAMissingRepository) {
    push_image("library/app", "v1", "one");
    auto reply = get("/v2/library/app/manifests/v2");
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.code(), "MANIFEST_UNKNOWN");
    reply = get("/v2/library/other/manifests/v2");
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.code(), "NAME_UNKNOWN");
}

TEST_F(ManifestRoutes, End7TellsWhereTheManifestIs) {
    auto manifest = make_image("library/app", "one");
    auto reply = put_manifest("/v2/library/app/manifests/v1", manifest.bytes());
    EXPECT_EQ(reply.status, 201);
    EXPECT_EQ(reply.header("Location"), "/v2/library/app/manifests/" + manifest.digest().to_string());
    EXPECT_EQ(reply.header("Docker-Content-Digest"), manifest.digest().to_string());
    EXPECT_FALSE(reply.headers.has("OCI-Subject"));
    EXPECT_FALSE(reply.headers.has("OCI-Tag"));
}

TEST_F(ManifestRoutes, End7PutsSeveralTagsWithOneRequestByDigest) {
    auto manifest = make_image("library/app", "one");
    auto path = "/v2/library/app/manifests/" + manifest.digest().to_string() + "?tag=v1&tag=latest";
    auto reply = put_manifest(path, manifest.bytes());
    EXPECT_EQ(reply.status, 201);
    EXPECT_EQ(reply.headers.get_all("OCI-Tag"), (std::vector<std::string_view>{"v1", "latest"}));
    EXPECT_EQ(get("/v2/library/app/manifests/v1").status, 200);
    EXPECT_EQ(get("/v2/library/app/manifests/latest").status, 200);
}

TEST_F(ManifestRoutes, End7TakesAManifestBySha512) {
    auto manifest = make_image("library/app", "one");
    auto digest = oci::Digest::of(manifest.bytes(), oci::DigestAlgorithm::sha512).to_string();
    auto reply = put_manifest("/v2/library/app/manifests/" + digest, manifest.bytes());
    EXPECT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(reply.header("Docker-Content-Digest"), digest);
    EXPECT_EQ(get("/v2/library/app/manifests/" + digest).body, manifest.bytes());
}

TEST_F(ManifestRoutes, End7RefusesAnotherDigestThanThePathNames) {
    auto manifest = make_image("library/app", "one");
    auto reply = put_manifest("/v2/library/app/manifests/" + oci::Digest().to_string(), manifest.bytes());
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "DIGEST_INVALID");
}

TEST_F(ManifestRoutes, End7RefusesAManifestWhoseBlobsAreMissing) {
    auto manifest = make_image("library/app", "one");
    auto reply = put_manifest("/v2/library/other/manifests/v1", manifest.bytes());
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.code(), "MANIFEST_BLOB_UNKNOWN");
    EXPECT_EQ(get("/v2/library/other/manifests/v1").status, 404);
}

TEST_F(ManifestRoutes, End7RefusesWhatIsNoManifest) {
    for (const auto* bytes : {"", "not JSON", "{}", "[]"}) {
        auto reply = put_manifest("/v2/library/app/manifests/v1", bytes);
        EXPECT_EQ(reply.status, 400) << bytes;
        EXPECT_EQ(reply.code(), "MANIFEST_INVALID") << bytes;
    }
}

TEST_F(ManifestRoutes, End7RefusesAnInvalidTag) {
    auto reply = put_manifest("/v2/library/app/manifests/.v1", "{}");
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "MANIFEST_INVALID");
}

TEST_F(ManifestRoutes, End7RefusesMoreThanAManifestMayHave) {
    std::string large(oci::ManifestLimits::bytes + 1, ' ');
    EXPECT_EQ(put_manifest("/v2/library/app/manifests/v1", large).status, 413);
    BrokenReader unannounced(large);
    EXPECT_EQ(send(http::Method::put, "/v2/library/app/manifests/v1", unannounced).status, 413);
}

TEST_F(ManifestRoutes, End9DeletesATagAndKeepsTheManifest) {
    auto manifest = push_image("library/app", "v1", "one");
    EXPECT_EQ(send(http::Method::delete_, "/v2/library/app/manifests/v1").status, 202);
    EXPECT_EQ(get("/v2/library/app/manifests/v1").status, 404);
    EXPECT_EQ(get("/v2/library/app/manifests/" + manifest.digest().to_string()).status, 200);
    auto again = send(http::Method::delete_, "/v2/library/app/manifests/v1");
    EXPECT_EQ(again.status, 404);
    EXPECT_EQ(again.code(), "MANIFEST_UNKNOWN");
}

TEST_F(ManifestRoutes, End9DeletesAManifestAndItsTags) {
    auto manifest = push_image("library/app", "v1", "one");
    EXPECT_EQ(send(http::Method::delete_, "/v2/library/app/manifests/" + manifest.digest().to_string()).status, 202);
    EXPECT_EQ(get("/v2/library/app/manifests/v1").status, 404);
    EXPECT_EQ(get("/v2/library/app/manifests/" + manifest.digest().to_string()).status, 404);
}

} // namespace
} // namespace cang::registry
