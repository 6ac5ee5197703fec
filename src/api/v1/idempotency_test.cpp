#include "api/v1/idempotency.hpp"

#include "api/v1/api_fixture.hpp"

namespace cang::api::v1 {
namespace {

class IdempotencyTest : public ApiFixture {
protected:
    IdempotencyTest() {
        auto make = [this](http::Request& request) { return make_thing(request); };
        http::Route things{http::Method::post, "/api/v1/things", "things", "storage.collect", make};
        things.handle = idempotency.protect(things);
        http::Route files{http::Method::post, "/api/v1/files", "files", "storage.collect", make, UINT64_MAX};
        files.handle = idempotency.protect(files);
        router.add({things, files});
    }

    awaitable<http::Response> make_thing(http::Request& request) {
        auto body = co_await io::read_all(*request.body, 1 * MiB);
        ++made;
        if (body == "broken")
            throw Error(ErrorKind::invalid_argument, "broken");
        if (during_work)
            during_work();
        boost::json::object document{{"number", made}, {"bytes", body.size()}};
        co_return created_reply("/api/v1/things/" + std::to_string(made), document);
    }

    registry::Reply post(const std::string& body, std::string key, const std::string& target = "/api/v1/things") {
        return send(http::Method::post, target, body, {{"Idempotency-Key", std::move(key)}});
    }

    Idempotency idempotency{warehouse::database_of(*warehouse), clock, Secret("a key")};
    int made = 0;
    std::function<void()> during_work;
};

TEST_F(IdempotencyTest, GivesTheFirstAnswerAgain) {
    auto first = post("one", "k");
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(first.body, R"({"number":1,"bytes":3})");
    EXPECT_EQ(first.header("Idempotency-Replayed"), "");
    auto again = post("one", "k");
    EXPECT_EQ(made, 1);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.header("Location"), "/api/v1/things/1");
    EXPECT_EQ(again.header("Content-Type"), "application/json");
    EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
}

TEST_F(IdempotencyTest, KnowsNoKeyWithoutTheHeader) {
    send(http::Method::post, "/api/v1/things", "one");
    send(http::Method::post, "/api/v1/things", "one");
    post("one", "k");
    post("one", "l");
    EXPECT_EQ(made, 4);
}

TEST_F(IdempotencyTest, RefusesAnotherRequestWithTheKey) {
    post("one", "k");
    for (const auto& reply :
         {post("two", "k"), post("one", "k", "/api/v1/things?a=1"), post("one", "k", "/api/v1/files")}) {
        EXPECT_EQ(reply.status, 409);
        EXPECT_NE(reply.body.find("this Idempotency-Key was used for another request; take a new one"),
                  std::string::npos);
    }
    EXPECT_EQ(made, 1);
}

TEST_F(IdempotencyTest, RefusesASecondRequestWhileTheFirstIsAnswered) {
    registry::Reply second;
    during_work = [&] { std::jthread([&] { second = post("one", "k"); }).join(); };
    EXPECT_EQ(post("one", "k").status, 201);
    EXPECT_EQ(second.status, 409);
    EXPECT_EQ(second.header("Retry-After"), "1");
    EXPECT_NE(second.body.find("a request with this Idempotency-Key is still being answered"), std::string::npos);
    during_work = nullptr;
    EXPECT_EQ(post("one", "k").header("Idempotency-Replayed"), "true");
}

TEST_F(IdempotencyTest, LetsAFailedRequestTryAgain) {
    EXPECT_EQ(post("broken", "k").status, 400);
    EXPECT_EQ(post("broken", "k").status, 400);
    EXPECT_EQ(made, 2);
    EXPECT_EQ(post("right", "k").status, 201);
}

TEST_F(IdempotencyTest, ForgetsAfterADay) {
    post("one", "k");
    clock.advance(std::chrono::hours(24));
    post("one", "k");
    EXPECT_EQ(made, 1);
    clock.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(post("two", "k").status, 201);
    EXPECT_EQ(post("two", "k").body, R"({"number":2,"bytes":3})");
}

TEST_F(IdempotencyTest, DoesNotReadWhatMayBeLargeToCompareIt) {
    post("one", "k", "/api/v1/files");
    registry::BrokenReader body("never read");
    auto again = send(http::Method::post, "/api/v1/files", body, {{"Idempotency-Key", "k"}});
    EXPECT_EQ(again.body, R"({"number":1,"bytes":3})");
}

TEST_F(IdempotencyTest, WantsAPrintableKeyOfBoundedLength) {
    EXPECT_EQ(post("one", std::string(200, 'k')).status, 201);
    for (const auto& key : {std::string(), std::string(201, 'k'), std::string("a\tb"), std::string("\xc3\xa9")}) {
        auto reply = post("one", key);
        EXPECT_EQ(reply.status, 400);
        EXPECT_NE(reply.body.find("Idempotency-Key must be 1 to 200 printable ASCII characters"), std::string::npos);
    }
}

TEST_F(IdempotencyTest, GuardsTheRoutesOfTheApi) {
    add_routes(router, api);
    auto collect = [this](std::string target) {
        return send(http::Method::post, std::move(target), {}, {{"Idempotency-Key", "k"}});
    };
    EXPECT_EQ(collect("/api/v1/gc").status, 200);
    EXPECT_EQ(collect("/api/v1/gc").header("Idempotency-Replayed"), "true");
    EXPECT_EQ(collect("/api/v1/gc?dryRun=true").status, 409);
    EXPECT_EQ(get_json("/api/v1/operations").at("total").as_int64(), 1);
}

} // namespace
} // namespace cang::api::v1
