#include "registry/registry_fixture.hpp"

namespace cang::registry {
namespace {

using UploadRoutes = RegistryFixture;

const std::string kFirst = "the first half, ";
const std::string kSecond = "the second half";
const std::string kWhole = kFirst + kSecond;
const std::string kDigest = oci::Digest::of(std::string_view(kWhole)).to_string();

std::string finish_of(const std::string& location, const std::string& digest = kDigest) {
    return location + "?digest=" + digest;
}

std::string id_of(const std::string& location) { return location.substr(location.rfind('/') + 1); }

TEST_F(UploadRoutes, End4bTakesAWholeBlobInOneRequest) {
    auto reply = send(http::Method::post, "/v2/library/app/blobs/uploads/?digest=" + kDigest, kWhole);
    EXPECT_EQ(reply.status, 201);
    EXPECT_EQ(reply.header("Location"), "/v2/library/app/blobs/" + kDigest);
    EXPECT_EQ(reply.header("Docker-Content-Digest"), kDigest);
}

TEST_F(UploadRoutes, End4bKeepsNothingOfAWrongDigest) {
    auto wrong = oci::Digest::of("something else").to_string();
    auto reply = send(http::Method::post, "/v2/library/app/blobs/uploads/?digest=" + wrong, kWhole);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "DIGEST_INVALID");
    EXPECT_EQ(get("/v2/library/app/blobs/" + wrong).status, 404);
    EXPECT_EQ(get("/v2/library/app/blobs/" + kDigest).status, 404);
}

TEST_F(UploadRoutes, End4aThenEnd6TakeAWholeBlob) {
    auto started = send(http::Method::post, "/v2/library/app/blobs/uploads/");
    EXPECT_EQ(started.status, 202);
    EXPECT_EQ(started.header("Range"), "0-0");
    EXPECT_EQ(started.header("OCI-Chunk-Min-Length"), "65536");
    auto reply = send(http::Method::put, finish_of(started.header("Location")), kWhole);
    EXPECT_EQ(reply.status, 201);
    EXPECT_EQ(get("/v2/library/app/blobs/" + kDigest).body, kWhole);
}

TEST_F(UploadRoutes, TakesSha512) {
    auto digest = oci::Digest::of(std::string_view(kWhole), oci::DigestAlgorithm::sha512).to_string();
    auto started = send(http::Method::post, "/v2/library/app/blobs/uploads/?digest-algorithm=sha512");
    auto reply = send(http::Method::put, finish_of(started.header("Location"), digest), kWhole);
    EXPECT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(get("/v2/library/app/blobs/" + digest).body, kWhole);
}

TEST_F(UploadRoutes, RefusesADigestAlgorithmItDoesNotKnow) {
    auto reply = send(http::Method::post, "/v2/library/app/blobs/uploads/?digest-algorithm=md5");
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "DIGEST_INVALID");
}

TEST_F(UploadRoutes, End5TakesChunksInOrder) {
    auto location = start_upload("library/app");
    auto first = send(http::Method::patch, location, kFirst, {{"Content-Range", "0-15"}});
    EXPECT_EQ(first.status, 202);
    EXPECT_EQ(first.header("Range"), "0-15");
    auto second = send(http::Method::put, finish_of(first.header("Location")), kSecond, {{"Content-Range", "16-30"}});
    EXPECT_EQ(second.status, 201) << second.body;
    EXPECT_EQ(get("/v2/library/app/blobs/" + kDigest).body, kWhole);
}

TEST_F(UploadRoutes, End5RefusesAChunkOutOfOrderAndTellsWhereToGoOn) {
    auto location = start_upload("library/app");
    send(http::Method::patch, location, kFirst, {{"Content-Range", "0-15"}});
    auto reply = send(http::Method::patch, location, kSecond, {{"Content-Range", "20-34"}});
    EXPECT_EQ(reply.status, 416);
    EXPECT_EQ(reply.code(), "BLOB_UPLOAD_INVALID");
    EXPECT_EQ(reply.header("Range"), "0-15");
    EXPECT_EQ(reply.header("Location"), location);
    EXPECT_EQ(send(http::Method::put, finish_of(location), kSecond, {{"Content-Range", "16-30"}}).status, 201);
}

TEST_F(UploadRoutes, End5RefusesAChunkOfAnotherLengthThanItSays) {
    auto location = start_upload("library/app");
    auto reply = send(http::Method::patch, location, kFirst, {{"Content-Range", "0-99"}});
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "SIZE_INVALID");
    reply = send(http::Method::patch, location, kFirst, {{"Content-Range", "some bytes"}});
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "BLOB_UPLOAD_INVALID");
}

TEST_F(UploadRoutes, End5TakesAStreamWithoutContentRange) {
    auto location = start_upload("library/app");
    EXPECT_EQ(send(http::Method::patch, location, kFirst).header("Range"), "0-15");
    EXPECT_EQ(send(http::Method::patch, location, kSecond).header("Range"), "0-30");
    EXPECT_EQ(send(http::Method::put, finish_of(location)).status, 201);
}

TEST_F(UploadRoutes, KeepsWhatArrivedBeforeTheConnectionBrokeAlsoOverARestart) {
    auto location = start_upload("library/app");
    BrokenReader broken(kFirst);
    EXPECT_EQ(send(http::Method::patch, location, broken).status, 503);
    open();
    auto status = get(location);
    EXPECT_EQ(status.status, 204);
    EXPECT_EQ(status.header("Range"), "0-15");
    EXPECT_EQ(send(http::Method::put, finish_of(location), kSecond, {{"Content-Range", "16-30"}}).status, 201);
    EXPECT_EQ(get("/v2/library/app/blobs/" + kDigest).body, kWhole);
}

TEST_F(UploadRoutes, KeepsNothingOfABrokenPostThatNobodyCanResume) {
    BrokenReader broken(kFirst);
    EXPECT_EQ(send(http::Method::post, "/v2/library/app/blobs/uploads/?digest=" + kDigest, broken).status, 503);
    auto left = cang::testing::run_async<std::size_t>([&]() -> awaitable<std::size_t> {
        auto ingests = co_await warehouse->objects().list_ingests();
        co_return ingests.size();
    });
    EXPECT_EQ(left, 0U);
}

TEST_F(UploadRoutes, End6WantsADigest) {
    auto reply = send(http::Method::put, start_upload("library/app"), kWhole);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "DIGEST_INVALID");
}

TEST_F(UploadRoutes, End6RefusesAWrongDigest) {
    auto location = start_upload("library/app");
    auto reply = send(http::Method::put, finish_of(location, oci::Digest::of("other").to_string()), kWhole);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "DIGEST_INVALID");
}

TEST_F(UploadRoutes, AnUploadBelongsToItsRepository) {
    auto id = id_of(start_upload("library/app"));
    auto foreign = "/v2/library/other/blobs/uploads/" + id;
    for (auto method : {http::Method::get, http::Method::patch, http::Method::delete_}) {
        auto reply = send(method, foreign, kFirst);
        EXPECT_EQ(reply.status, 404);
        EXPECT_EQ(reply.code(), "BLOB_UPLOAD_UNKNOWN");
    }
    EXPECT_EQ(send(http::Method::put, finish_of(foreign), kWhole).status, 404);
    EXPECT_EQ(get("/v2/library/app/blobs/uploads/" + id).status, 204);
}

TEST_F(UploadRoutes, End13TellsTheOffsetOfAnUploadWithoutBytes) {
    auto status = get(start_upload("library/app"));
    EXPECT_EQ(status.status, 204);
    EXPECT_EQ(status.header("Range"), "0-0");
}

TEST_F(UploadRoutes, End14CancelsAnUpload) {
    auto location = start_upload("library/app");
    send(http::Method::patch, location, kFirst);
    EXPECT_EQ(send(http::Method::delete_, location).status, 204);
    EXPECT_EQ(get(location).status, 404);
    auto reply = send(http::Method::put, finish_of(location), kWhole);
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.code(), "BLOB_UPLOAD_UNKNOWN");
}

TEST_F(UploadRoutes, End11MountsABlobOfAnotherRepository) {
    push_blob("library/app", kWhole);
    auto reply = send(http::Method::post, "/v2/library/copy/blobs/uploads/?mount=" + kDigest + "&from=library/app");
    EXPECT_EQ(reply.status, 201);
    EXPECT_EQ(reply.header("Location"), "/v2/library/copy/blobs/" + kDigest);
    EXPECT_EQ(reply.header("Docker-Content-Digest"), kDigest);
    EXPECT_EQ(get("/v2/library/copy/blobs/" + kDigest).body, kWhole);
}

TEST_F(UploadRoutes, End11FindsTheBlobByItselfWhenNoRepositoryIsNamed) {
    push_blob("library/app", kWhole);
    EXPECT_EQ(send(http::Method::post, "/v2/library/copy/blobs/uploads/?mount=" + kDigest).status, 201);
}

TEST_F(UploadRoutes, End11StartsAnUploadWhenTheBlobIsNotThere) {
    auto reply = send(http::Method::post, "/v2/library/copy/blobs/uploads/?mount=" + kDigest + "&from=library/app");
    EXPECT_EQ(reply.status, 202);
    EXPECT_EQ(send(http::Method::put, finish_of(reply.header("Location")), kWhole).status, 201);
}

TEST(UploadIds, AreBoundToKeyAndRepository) {
    UploadIds ids("a key");
    auto id = ids.make("library/app");
    EXPECT_EQ(id.size(), 48U);
    EXPECT_TRUE(ids.belongs(id, "library/app"));
    EXPECT_FALSE(ids.belongs(id, "library/ap"));
    EXPECT_FALSE(UploadIds("another key").belongs(id, "library/app"));
    EXPECT_FALSE(ids.belongs("", "library/app"));
    EXPECT_NE(id, ids.make("library/app"));
}

} // namespace
} // namespace cang::registry
