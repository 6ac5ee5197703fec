#include "api/v1/routes.hpp"

#include "registry/registry_fixture.hpp"

namespace cang::api::v1 {
namespace {

class ApiRoutes : public registry::RegistryFixture {
protected:
    ApiRoutes() { add_routes(router, api); }

    registry::Collection collection{*warehouse};
    Context api{.warehouse = *warehouse, .collection = collection};
};

TEST_F(ApiRoutes, TellHowMuchIsStored) {
    push_image("a/app", "v1", "one");
    push_image("b/app", "v1", "one");
    auto usage = boost::json::parse(get("/api/v1/storage").body);
    EXPECT_EQ(usage.at("objects").as_int64(), 3);
    EXPECT_EQ(usage.at("repositories").as_int64(), 2);
    EXPECT_EQ(usage.at("tags").as_int64(), 2);
    EXPECT_EQ(usage.at("logicalBytes").as_int64(), 2 * usage.at("bytes").as_int64());
}

TEST_F(ApiRoutes, ListRepositoriesByPagesAndByText) {
    for (const auto* name : {"b/app", "a/app", "c/web"})
        push_image(name, "v1", "one");
    auto first = boost::json::parse(get("/api/v1/repositories?n=2").body);
    EXPECT_EQ(first.at("repositories").as_array().size(), 2U);
    EXPECT_EQ(first.at("next").as_string(), "b/app");
    auto second = boost::json::parse(get("/api/v1/repositories?n=2&last=b%2Fapp").body);
    EXPECT_EQ(second.at("repositories").at(0).at("name").as_string(), "c/web");
    EXPECT_FALSE(second.as_object().contains("next"));
    auto found = boost::json::parse(get("/api/v1/repositories?search=web").body);
    EXPECT_EQ(found.at("repositories").as_array().size(), 1U);
    EXPECT_EQ(found.at("repositories").at(0).at("tags").as_int64(), 1);
}

TEST_F(ApiRoutes, TellWhatRepositoriesShare) {
    push_image("a/app", "v1", "one");
    push_image("b/app", "v1", "one");
    push_image("b/app", "v2", "two");
    auto usage = boost::json::parse(get("/api/v1/repositories?usage=true").body);
    EXPECT_EQ(usage.at("repositories").at(0).at("uniqueBytes").as_int64(), 0);
    EXPECT_GT(usage.at("repositories").at(0).at("sharedBytes").as_int64(), 0);
    EXPECT_GT(usage.at("repositories").at(1).at("uniqueBytes").as_int64(), 0);
}

TEST_F(ApiRoutes, CollectWhatNothingReferences) {
    auto digest = push_blob("a/app", "nobody wants this");
    clock.advance(std::chrono::hours(2));
    auto planned = boost::json::parse(send(http::Method::post, "/api/v1/gc?dryRun=true").body);
    EXPECT_TRUE(planned.at("dryRun").as_bool());
    EXPECT_EQ(planned.at("objects").as_int64(), 1);
    auto done = boost::json::parse(send(http::Method::post, "/api/v1/gc").body);
    EXPECT_EQ(done.at("objects").as_int64(), 1);
    EXPECT_EQ(done.at("bytes").as_int64(), 17);
    EXPECT_EQ(get("/v2/a/app/blobs/" + digest).status, 404);
    EXPECT_EQ(collection.totals().runs, 1U);
    EXPECT_EQ(collection.totals().freed_bytes, 17U);
}

TEST_F(ApiRoutes, WantTrueOrFalse) {
    auto reply = send(http::Method::post, "/api/v1/gc?dryRun=maybe");
    EXPECT_EQ(reply.status, 400);
    EXPECT_NE(reply.body.find("dryRun must be true or false"), std::string::npos);
}

TEST(ApiErrors, CarryKindCodeAndMessage) {
    Error error(ErrorKind::not_found, "there is no such thing");
    auto response = error_response(error);
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(std::get<std::string>(response.body),
              R"({"error":{"kind":"not_found","code":"","message":"there is no such thing"}})");
}

} // namespace
} // namespace cang::api::v1
