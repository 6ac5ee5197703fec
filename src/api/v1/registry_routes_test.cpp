#include "api/v1/api_fixture.hpp"
#include "testing/scripted_server.hpp"

namespace cang::api::v1 {
namespace {

using cang::testing::Exchange;
using cang::testing::ScriptedServer;

class RegistryRoutes : public ApiFixture {
protected:
    RegistryRoutes() { add_routes(router, api); }

    std::string create(boost::json::object body) {
        auto reply = post_json("/api/v1/registries", body);
        EXPECT_EQ(reply.status, 201) << reply.body;
        return std::string(boost::json::parse(reply.body).at("id").as_string());
    }
    registry::Reply put_json(const std::string& target, const boost::json::value& body) {
        return send(http::Method::put, target, boost::json::serialize(body));
    }
};

TEST_F(RegistryRoutes, NeverShowAPassword) {
    auto created =
        post_json("/api/v1/registries",
                  {{"name", "work"}, {"url", "https://registry.example:443"}, {"user", "me"}, {"password", "hunter2"}});
    EXPECT_EQ(created.status, 201);
    auto document = boost::json::parse(created.body).as_object();
    auto path = "/api/v1/registries/" + std::string(document.at("id").as_string());
    EXPECT_EQ(created.header("Location"), path);
    document.erase("id");
    document.erase("createdAt");
    document.erase("updatedAt");
    EXPECT_EQ(document, (boost::json::object{{"name", "work"},
                                             {"url", "https://registry.example"},
                                             {"host", "registry.example"},
                                             {"plainHttp", false},
                                             {"hasPassword", true},
                                             {"tlsVerify", true},
                                             {"hasCaCertificate", false},
                                             {"user", "me"}}));
    auto changed =
        put_json(path, {{"name", "work"}, {"url", "https://registry.example"}, {"user", "me"}, {"tlsVerify", false}});
    EXPECT_EQ(changed.status, 200) << changed.body;
    for (const auto& text : {created.body, changed.body, get(path).body, get("/api/v1/registries").body})
        EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
    EXPECT_TRUE(get_json(path).at("hasPassword").as_bool()) << "it was not mentioned";
    EXPECT_FALSE(get_json(path).at("tlsVerify").as_bool());
    changed = put_json(path, {{"name", "work"}, {"url", "https://registry.example"}, {"password", nullptr}});
    EXPECT_FALSE(boost::json::parse(changed.body).at("hasPassword").as_bool());
}

TEST_F(RegistryRoutes, ListInPagesAndFind) {
    for (std::string name : {"c", "a", "b"})
        create({{"name", name}, {"url", "https://" + name + ".example"}});
    auto first = get_json("/api/v1/registries?limit=2");
    EXPECT_EQ(first.at("total").as_int64(), 3);
    EXPECT_EQ(first.at("items").at(0).at("name").as_string(), "a");
    auto second = get_json("/api/v1/registries?cursor=" + std::string(first.at("next").as_string()));
    EXPECT_EQ(second.at("items").as_array().size(), 1U);
    EXPECT_FALSE(second.as_object().contains("next"));
    EXPECT_EQ(get_json("/api/v1/registries?search=B.ex").at("total").as_int64(), 1);
}

TEST_F(RegistryRoutes, SayWhyNot) {
    auto id = create({{"name", "work"}, {"url", "https://registry.example"}});
    auto refused = post_json("/api/v1/registries", {{"name", "x"}});
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(refused.body.find("url"), std::string::npos);
    EXPECT_EQ(post_json("/api/v1/registries", {{"name", "x"}, {"url", "https://a:b@c.example"}}).status, 400);
    EXPECT_EQ(post_json("/api/v1/registries", {{"name", "x"}, {"url", "https://c.example"}, {"password", 7}}).status,
              400);
    EXPECT_EQ(post_json("/api/v1/registries", {{"name", "work"}, {"url", "https://c.example"}}).status, 409);
    EXPECT_EQ(send(http::Method::delete_, "/api/v1/registries/" + id).status, 204);
    EXPECT_EQ(send(http::Method::delete_, "/api/v1/registries/" + id).status, 404);
    EXPECT_EQ(get("/api/v1/registries/" + id).status, 404);
    EXPECT_EQ(send(http::Method::post, "/api/v1/registries/" + id + "/test").status, 404);
    EXPECT_EQ(get("/api/v1/registries/" + id + "/repositories").status, 404);
}

TEST_F(RegistryRoutes, TestWhatIsStoredAndWhatIsNot) {
    ScriptedServer server({Exchange{.target = "/v2/", .forever = true, .body = "{}"}});
    auto path = "/api/v1/registries/" + create({{"name", "lab"}, {"url", server.url("")}});
    auto stored = send(http::Method::post, path + "/test");
    EXPECT_EQ(stored.status, 200) << stored.body;
    EXPECT_TRUE(boost::json::parse(stored.body).at("ok").as_bool());
    EXPECT_EQ(get_json(path).at("lastTest"), boost::json::parse(stored.body));
    auto other = post_json("/api/v1/registries/test", {{"url", "http://127.0.0.1:1"}});
    EXPECT_EQ(other.status, 200);
    EXPECT_FALSE(boost::json::parse(other.body).at("ok").as_bool());
    EXPECT_EQ(boost::json::parse(other.body).at("steps").as_array().back().at("step").as_string(), "connect");
    EXPECT_EQ(post_json("/api/v1/registries/test", {{"url", "http://a.example"}, {"id", "unknown"}}).status, 404);
}

TEST_F(RegistryRoutes, BrowseARegistry) {
    ScriptedServer server({Exchange{.target = "/v2/_catalog?n=1",
                                    .response_headers = {{"Link", "</v2/_catalog?n=1&last=a%2Fapp>; rel=\"next\""}},
                                    .body = R"({"repositories":["a/app"]})"},
                           Exchange{.target = "/v2/_catalog?n=1&last=a%2Fapp", .body = R"({"repositories":["b"]})"},
                           Exchange{.target = "/v2/a/app/tags/list?n=50", .body = R"({"tags":["v1"]})"},
                           Exchange{.target = "/v2/none/tags/list?n=50", .status = 404}});
    auto path = "/api/v1/registries/" + create({{"name", "lab"}, {"url", server.url("")}}) + "/repositories";
    auto first = get_json(path + "?limit=1");
    EXPECT_EQ(first.at("items"), boost::json::parse(R"([{"name":"a/app"}])"));
    auto cursor = http::percent_encode(std::string(first.at("next").as_string()));
    auto second = get_json(path + "?limit=1&cursor=" + cursor);
    EXPECT_EQ(second, boost::json::parse(R"({"items":[{"name":"b"}]})"));
    EXPECT_EQ(get_json(path + "/a/app/-/tags"), boost::json::parse(R"({"items":[{"tag":"v1"}]})"));
    EXPECT_EQ(get(path + "/none/-/tags").status, 404);
    EXPECT_EQ(get(path + "/NONE/-/tags").status, 400);
    EXPECT_EQ(server.problems(), "");
}

TEST_F(RegistryRoutes, DoNotTakeARegistrysRefusalForOurs) {
    ScriptedServer server({Exchange{.target = "/v2/_catalog?n=50",
                                    .forever = true,
                                    .status = 401,
                                    .response_headers = {{"WWW-Authenticate", "Basic realm=\"x\""}}}});
    auto path = "/api/v1/registries/" + create({{"name", "lab"}, {"url", server.url("")}}) + "/repositories";
    auto reply = get(path);
    EXPECT_EQ(reply.status, 403);
    EXPECT_EQ(boost::json::parse(reply.body).at("detail").as_string(),
              "listing the repositories of " + server.authority() + ": " + server.authority() +
                  " answered 401; test the registry's settings, or take another user");
    auto hub = "/api/v1/registries/" + create({{"name", "hub"}, {"url", "https://docker.io"}}) + "/repositories";
    EXPECT_EQ(boost::json::parse(get(hub).body).at("kind").as_string(), "unsupported");
}

} // namespace
} // namespace cang::api::v1
