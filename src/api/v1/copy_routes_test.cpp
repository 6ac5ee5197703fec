#include "api/v1/api_fixture.hpp"
#include "testing/scripted_server.hpp"

namespace cang::api::v1 {
namespace {

using cang::testing::ScriptedServer;

class CopyRoutes : public ApiFixture {
protected:
    CopyRoutes() { add_routes(router, api); }

    registry::Reply copy(std::string_view source, std::string_view target) {
        return post_json("/api/v1/copies", boost::json::object{{"source", source}, {"target", target}});
    }
    std::string refusal(std::string_view source, std::string_view target) {
        auto reply = copy(source, target);
        EXPECT_EQ(reply.status, 400) << reply.body;
        return std::string(boost::json::parse(reply.body).at("detail").as_string());
    }
    std::string state_of(const registry::Reply& started) {
        auto path = started.header("Location");
        return std::string(get_json(path).at("state").as_string());
    }
};

TEST_F(CopyRoutes, CopyWithinTheWarehouse) {
    auto manifest = push_image("team/app", "v1", "one");
    auto started = copy("team/app:v1", "other/app");
    auto ended = wait_for(started);
    EXPECT_EQ(ended.at("state").as_string(), "succeeded");
    EXPECT_EQ(ended.at("title").as_string(), "Copy team/app:v1 to other/app:latest");
    EXPECT_EQ(ended.at("resources").at(0).as_string(), "image other/app:latest");
    const auto& result = ended.at("result").as_object();
    EXPECT_EQ(result.at("digest").as_string(), manifest.digest().to_string());
    EXPECT_EQ(result.at("target").as_string(), "other/app:latest");
    EXPECT_EQ(get("/v2/other/app/manifests/latest").status, 200);
    auto again = wait_for(copy("team/app:v1", "other/app:latest"));
    EXPECT_TRUE(again.at("result").at("unchanged").as_bool());
}

TEST_F(CopyRoutes, ShowBlobsAsPartsAndTellWhatHappens) {
    push_image("team/app", "v1", "one");
    auto ended = wait_for(copy("team/app:v1", "other/app:v1"));
    auto progress = ended.at("progress").as_object();
    EXPECT_EQ(progress.at("done").as_int64(), progress.at("total").as_int64());
    auto events = get_json("/api/v1/operations/" + std::string(ended.at("id").as_string()) + "/events");
    std::string log;
    for (const auto& event : events.at("items").as_array())
        if (event.at("kind").as_string() == "log")
            log += std::string(event.at("payload").at("line").as_string()) + "\n";
    EXPECT_NE(log.find("2 blobs to copy, "), std::string::npos) << log;
    EXPECT_NE(log.find(" copied: 0 blobs, 0 B, 1 manifest; 2 blobs skipped\n"), std::string::npos) << log;
}

TEST_F(CopyRoutes, RefuseWhatIsNoPlaceOfTheServer) {
    EXPECT_EQ(refusal("oci-archive:/etc/passwd", "app:v1"),
              "source: the server reads and writes no paths of its disk; upload an archive and name it upload:ID");
    EXPECT_EQ(refusal("app:v1", "oci:/tmp/out"),
              "target: the server reads and writes no paths of its disk; upload an archive and name it upload:ID");
    EXPECT_EQ(refusal("docker-daemon:app:v1", "app:v1"),
              "source: the server knows no Docker Engine; use the command line for docker-daemon: places");
    EXPECT_EQ(refusal("app:v1", "upload:0011"), "target: an upload is only read from");
    EXPECT_EQ(refusal("upload:../x", "app:v1"), "source: upload: is followed by the id of an upload");
    EXPECT_EQ(refusal("APP", "app:v1").substr(0, 8), "source: ");
}

TEST_F(CopyRoutes, KeepNoCredentials) {
    EXPECT_EQ(refusal("docker://robot:s3cret@registry.example.com/app:v1", "app:v1"),
              "source: a name holds no credentials; they belong to the stored registry");
    EXPECT_EQ(refusal("docker://robot:s3cret@registry.example.com", "app:v1").find("s3cret"), std::string::npos);
    EXPECT_EQ(get_json("/api/v1/operations").at("total").as_int64(), 0);
}

TEST_F(CopyRoutes, RefuseChoicesThatCannotBe) {
    boost::json::object body{{"source", "app:v1"}, {"target", "b:v1"}, {"compression", "xz"}};
    auto reply = post_json("/api/v1/copies", body);
    EXPECT_EQ(reply.status, 400);
    EXPECT_NE(reply.body.find("compression must be gzip, zstd or none"), std::string::npos);
    body = {{"source", "app:v1"}, {"target", "b:v1"}, {"platforms", {"linux/amd64/v1/x"}}};
    EXPECT_EQ(post_json("/api/v1/copies", body).status, 400);
    EXPECT_EQ(post_json("/api/v1/copies", boost::json::object{{"source", "app:v1"}}).status, 400);
}

TEST_F(CopyRoutes, StartOneForOneKey) {
    push_image("team/app", "v1", "one");
    boost::json::object body{{"source", "team/app:v1"}, {"target", "b:v1"}};
    auto first = post_json("/api/v1/copies", body, {{"Idempotency-Key", "once"}});
    auto second = post_json("/api/v1/copies", body, {{"Idempotency-Key", "once"}});
    EXPECT_EQ(first.header("Location"), second.header("Location"));
    EXPECT_EQ(post_json("/api/v1/copies", body, {{"Idempotency-Key", std::string(201, 'k')}}).status, 400);
}

TEST_F(CopyRoutes, EndWithinASecondOfACancelThoughThePeerHangs) {
    ScriptedServer peer({{.target = "/v2/", .forever = true, .silent = true},
                         {.method = "HEAD", .target = "/v2/app/manifests/v1", .forever = true, .silent = true}});
    auto started = copy("docker://" + peer.authority() + "/app:v1", "app:v1");
    ASSERT_EQ(started.status, 202) << started.body;
    while (peer.requests().empty())
        std::this_thread::yield();
    auto asked = std::chrono::steady_clock::now();
    EXPECT_EQ(send(http::Method::post, started.header("Location") + "/cancel").status, 202);
    auto ended = wait_for(started);
    EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(1));
    EXPECT_EQ(ended.at("state").as_string(), "cancelled");
    EXPECT_EQ(get("/v2/app/manifests/v1").status, 404);
    EXPECT_EQ(get_json("/api/v1/repositories").at("total").as_int64(), 0) << "nothing of it shows";
}

TEST_F(CopyRoutes, EndWithinASecondOfACancelInTheMiddleOfABlob) {
    auto config = std::string(R"({"config":"c"})");
    std::string layer(1000, 'x');
    oci::ManifestParts parts;
    parts.config = describe(oci::media_type::oci_config, config);
    parts.layers.push_back(describe(oci::media_type::oci_layer, layer));
    auto manifest = oci::make_manifest(parts);
    auto path = "/v2/app/manifests/" + manifest.digest().to_string();
    cang::testing::HeaderList headers{{"Content-Type", std::string(oci::media_type::oci_manifest)},
                                      {"Docker-Content-Digest", manifest.digest().to_string()}};
    auto blob = "/v2/app/blobs/";
    ScriptedServer peer(
        {{.target = "/v2/", .forever = true},
         {.method = "HEAD",
          .target = "/v2/app/manifests/v1",
          .forever = true,
          .response_headers = headers,
          .body = manifest.bytes()},
         {.target = "/v2/app/manifests/v1", .forever = true, .response_headers = headers, .body = manifest.bytes()},
         {.target = path, .forever = true, .response_headers = headers, .body = manifest.bytes()},
         {.target = blob + parts.config.digest.to_string(), .forever = true, .body = config},
         {.target = blob + parts.layers[0].digest.to_string(), .forever = true, .silent = true}});
    auto started = copy("docker://" + peer.authority() + "/app:v1", "app:v1");
    auto asked_for_layer = [&] {
        return std::ranges::any_of(peer.requests(), [&](const auto& request) {
            return request.target == blob + parts.layers[0].digest.to_string();
        });
    };
    while (!asked_for_layer() && state_of(started) != "failed")
        std::this_thread::yield();
    auto asked = std::chrono::steady_clock::now();
    send(http::Method::post, started.header("Location") + "/cancel");
    auto ended = wait_for(started);
    EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(1));
    EXPECT_EQ(ended.at("state").as_string(), "cancelled") << boost::json::serialize(ended);
    EXPECT_EQ(get("/v2/app/manifests/v1").status, 404);
    EXPECT_EQ(get_json("/api/v1/repositories").at("total").as_int64(), 0) << "nothing of it shows";
}

} // namespace
} // namespace cang::api::v1
