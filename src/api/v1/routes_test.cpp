#include "api/v1/api_fixture.hpp"

namespace cang::api::v1 {
namespace {

class ApiRoutes : public ApiFixture {
protected:
    ApiRoutes() { add_routes(router, api); }
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

TEST_F(ApiRoutes, KeepEveryCollectionInTheHistory) {
    send(http::Method::post, "/api/v1/gc?dryRun=true");
    send(http::Method::post, "/api/v1/gc");
    auto all = boost::json::parse(get("/api/v1/operations?limit=1&type=registry.gc").body);
    EXPECT_EQ(all.at("total").as_int64(), 2);
    auto newest = all.at("items").at(0).as_object();
    EXPECT_EQ(newest.at("title").as_string(), "Collect garbage");
    EXPECT_EQ(newest.at("state").as_string(), "succeeded");
    EXPECT_EQ(newest.at("result").at("objects").as_int64(), 0);
    std::string next(all.at("next").as_string());
    auto rest = boost::json::parse(get("/api/v1/operations?cursor=" + next).body);
    EXPECT_EQ(rest.at("items").as_array().size(), 1U);
    EXPECT_FALSE(rest.as_object().contains("next"));
    EXPECT_EQ(boost::json::parse(get("/api/v1/operations?search=WOULD").body).at("total").as_int64(), 1);
    EXPECT_EQ(boost::json::parse(get("/api/v1/operations?state=failed").body).at("total").as_int64(), 0);
    EXPECT_EQ(get("/api/v1/operations?state=odd").status, 400);
    EXPECT_EQ(get("/api/v1/operations?limit=501").status, 400);

    std::string id(newest.at("id").as_string());
    EXPECT_EQ(boost::json::parse(get("/api/v1/operations/" + id).body).at("id").as_string(), id);
    auto events = boost::json::parse(get("/api/v1/operations/" + id + "/events?after=1").body).at("items");
    EXPECT_EQ(events.at(0).at("sequence").as_int64(), 2);
    EXPECT_EQ(events.at(0).at("payload").at("state").as_string(), "running");
    EXPECT_EQ(events.as_array().back().at("payload").at("state").as_string(), "succeeded");
    EXPECT_EQ(get("/api/v1/operations/nothing/events").status, 404);
}

TEST_F(ApiRoutes, CancelAndRetryOperations) {
    send(http::Method::post, "/api/v1/gc");
    auto all = boost::json::parse(get("/api/v1/operations").body);
    std::string path = "/api/v1/operations/" + std::string(all.at("items").at(0).at("id").as_string());
    auto cancelled = send(http::Method::post, path + "/cancel");
    EXPECT_EQ(cancelled.status, 202);
    EXPECT_EQ(boost::json::parse(cancelled.body).at("state").as_string(), "succeeded") << "it had ended";
    EXPECT_EQ(send(http::Method::post, path + "/retry").status, 409) << "it has succeeded";
    EXPECT_EQ(send(http::Method::post, "/api/v1/operations/nothing/cancel").status, 404);

    auto started = cang::testing::run_async<operation::Started>([&]() -> awaitable<operation::Started> {
        operation::Spec broken;
        broken.type = "registry.gc";
        return life.runner.start(std::move(broken));
    });
    cang::testing::run_async([&]() -> awaitable<void> { co_await life.runner.wait(started.id); });
    auto again = send(http::Method::post, "/api/v1/operations/" + started.id + "/retry");
    EXPECT_EQ(again.status, 202);
    auto document = boost::json::parse(again.body);
    EXPECT_EQ(document.at("retryOf").as_string(), started.id);
    EXPECT_EQ(again.header("Location"), "/api/v1/operations/" + std::string(document.at("id").as_string()));
}

TEST(ApiProblems, AreThoseOfTheRfc) {
    Error error(ErrorKind::rate_limited, "too many operations wait already");
    error.with_retry_after(std::chrono::milliseconds(1500));
    auto response = problem_response(error);
    EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
    EXPECT_EQ(response.headers.get("Retry-After"), "2");
    EXPECT_EQ(std::get<std::string>(response.body),
              R"({"type":"about:blank","title":"rate limited","status":429,)"
              R"("detail":"too many operations wait already","kind":"rate_limited"})");
}

} // namespace
} // namespace cang::api::v1
