#include "registry/registry_fixture.hpp"

namespace cang::registry {
namespace {

using BlobRoutes = RegistryFixture;

const std::string kBytes = "0123456789";

TEST_F(BlobRoutes, End2ServesABlobWithItsDigest) {
    auto digest = push_blob("library/app", kBytes);
    auto reply = get("/v2/library/app/blobs/" + digest);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, kBytes);
    EXPECT_EQ(reply.header("Docker-Content-Digest"), digest);
    EXPECT_EQ(reply.header("Accept-Ranges"), "bytes");
}

TEST_F(BlobRoutes, End2HeadStatesTheLengthWithoutABody) {
    auto digest = push_blob("library/app", kBytes);
    auto reply = send(http::Method::head, "/v2/library/app/blobs/" + digest);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(reply.stated_length, kBytes.size());
    EXPECT_EQ(reply.header("Docker-Content-Digest"), digest);
}

TEST_F(BlobRoutes, End2ServesEmptyBlobs) {
    auto digest = push_blob("library/app", "");
    auto reply = get("/v2/library/app/blobs/" + digest);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "");
}

struct RangeCase {
    std::string asked;
    int status;
    std::string content_range;
    std::string body;
};

class BlobRanges : public RegistryFixture, public ::testing::WithParamInterface<RangeCase> {};

TEST_P(BlobRanges, End2ServesTheBytesAskedFor) {
    auto digest = push_blob("library/app", kBytes);
    auto reply = get("/v2/library/app/blobs/" + digest, {{"Range", GetParam().asked}});
    EXPECT_EQ(reply.status, GetParam().status);
    EXPECT_EQ(reply.header("Content-Range"), GetParam().content_range);
    if (reply.status != 416) {
        EXPECT_EQ(reply.body, GetParam().body);
    }
}

INSTANTIATE_TEST_SUITE_P(Table, BlobRanges,
                         ::testing::Values(RangeCase{"bytes=2-4", 206, "bytes 2-4/10", "234"},
                                           RangeCase{"bytes=7-", 206, "bytes 7-9/10", "789"},
                                           RangeCase{"bytes=-3", 206, "bytes 7-9/10", "789"},
                                           RangeCase{"bytes=8-100", 206, "bytes 8-9/10", "89"},
                                           RangeCase{"bytes=10-", 416, "bytes */10", ""},
                                           RangeCase{"bytes=5-0", 416, "bytes */10", ""},
                                           RangeCase{"lines=1-2", 200, "", kBytes}));

TEST_F(BlobRoutes, IgnoresARangeOfAnotherEntity) {
    auto digest = push_blob("library/app", kBytes);
    auto reply = get("/v2/library/app/blobs/" + digest, {{"Range", "bytes=2-4"}, {"If-Range", "\"sha256:old\""}});
    EXPECT_EQ(reply.status, 200);
    reply = get("/v2/library/app/blobs/" + digest, {{"Range", "bytes=2-4"}, {"If-Range", "\"" + digest + "\""}});
    EXPECT_EQ(reply.status, 206);
}

TEST_F(BlobRoutes, AnswersNotModifiedToAKnownEntityTag) {
    auto digest = push_blob("library/app", kBytes);
    auto reply = get("/v2/library/app/blobs/" + digest, {{"If-None-Match", "\"x\", W/\"" + digest + "\""}});
    EXPECT_EQ(reply.status, 304);
    EXPECT_EQ(reply.body, "");
}

TEST_F(BlobRoutes, SeesABlobOnlyThroughItsRepository) {
    auto digest = push_blob("library/app", kBytes);
    auto reply = get("/v2/library/other/blobs/" + digest);
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.code(), "BLOB_UNKNOWN");
}

TEST_F(BlobRoutes, RefusesADigestThatIsNone) {
    auto reply = get("/v2/library/app/blobs/sha256:xyz");
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "DIGEST_INVALID");
}

TEST_F(BlobRoutes, RefusesARepositoryNameThatIsNone) {
    auto reply = get("/v2/Library/app/blobs/" + oci::Digest().to_string());
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "NAME_INVALID");
}

TEST_F(BlobRoutes, End10DeletesABlob) {
    auto digest = push_blob("library/app", kBytes);
    EXPECT_EQ(send(http::Method::delete_, "/v2/library/app/blobs/" + digest).status, 202);
    EXPECT_EQ(get("/v2/library/app/blobs/" + digest).status, 404);
    auto again = send(http::Method::delete_, "/v2/library/app/blobs/" + digest);
    EXPECT_EQ(again.status, 404);
    EXPECT_EQ(again.code(), "BLOB_UNKNOWN");
}

} // namespace
} // namespace cang::registry
