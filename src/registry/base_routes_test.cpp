#include "registry/registry_fixture.hpp"

namespace cang::registry {
namespace {

using BaseRoutes = RegistryFixture;

TEST_F(BaseRoutes, End1AnswersAtTheRoot) {
    auto reply = get("/v2/");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Docker-Distribution-Api-Version"), "registry/2.0");
    EXPECT_EQ(get("/v2").status, 200);
}

TEST_F(BaseRoutes, NamesTheMethodsOfAKnownPath) {
    auto reply = send(http::Method::post, "/v2/library/app/manifests/latest");
    EXPECT_EQ(reply.status, 405);
    EXPECT_EQ(reply.code(), "UNSUPPORTED");
    EXPECT_NE(reply.header("Allow").find("PUT"), std::string::npos) << reply.header("Allow");
}

TEST_F(BaseRoutes, AnswersUnknownPathsWithAnErrorDocument) {
    auto reply = get("/v3/");
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.body,
              R"({"errors":[{"code":"NAME_UNKNOWN","message":"there is nothing at this path","detail":null}]})");
}

TEST(ErrorBody, HidesWhatAnInternalErrorSays) {
    auto response = error_response(Error(ErrorKind::internal, "table blobs is locked"));
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(std::get<std::string>(response.body),
              R"({"errors":[{"code":"UNKNOWN","message":"internal error; the server's log tells more under this )"
              R"(request's id","detail":null}]})");
}

TEST(ErrorBody, FixesTheStatusByTheSpecificationsCode) {
    Error error(ErrorKind::invalid_argument, "blob is missing");
    error.with_code("MANIFEST_BLOB_UNKNOWN");
    EXPECT_EQ(error_response(error).status, 404);
}

TEST(ErrorBody, SaysWhenToTryAgain) {
    Error error(ErrorKind::rate_limited, "slow down");
    error.with_retry_after(std::chrono::milliseconds(1500));
    auto response = error_response(error);
    EXPECT_EQ(response.status, 429);
    EXPECT_EQ(response.headers.get("Retry-After"), "2");
}

} // namespace
} // namespace cang::registry
