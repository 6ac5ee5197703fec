// Repositories, images, tags, manifests, referrers and diffs as clients of the API see them.
#include "api/v1/api_fixture.hpp"
#include "base/build.hpp"
#include "image/places/warehouse/usage_history.hpp"

#include <fmt/format.h>

namespace cang::api::v1 {
namespace {

namespace json = boost::json;

const std::string kConfig = R"({"os":"linux","architecture":"arm64","variant":"v8","created":"2026-01-01T00:00:00Z",
"rootfs":{"type":"layers","diff_ids":[")" +
                            oci::Digest::of("1").to_string() + R"("]},
"history":[{"created_by":"FROM scratch","empty_layer":true},{"created_by":"ADD rootfs"}],
"config":{"Env":["A=1"],"Cmd":["sh"],"Labels":{"l":"v"},"Healthcheck":{"Test":["CMD","ok"],"Interval":5000000000}}})";

class ImageRoutes : public ApiFixture {
protected:
    ImageRoutes() {
        api.system = {.auth = "none", .database = "sqlite", .url = "http://x"};
        add_routes(router, api);
    }

    // With the config as given, and one layer.
    oci::Manifest push_with_config(const std::string& repository, const std::string& tag, const std::string& config) {
        std::string layer = "layer of " + repository + tag;
        oci::ManifestParts parts;
        parts.config = describe(oci::media_type::oci_config, config);
        parts.layers.push_back(describe(oci::media_type::oci_layer_gzip, layer));
        push_blob(repository, config);
        push_blob(repository, layer);
        auto manifest = oci::make_manifest(parts);
        EXPECT_EQ(put_manifest("/v2/" + repository + "/manifests/" + tag, manifest.bytes()).status, 201);
        return manifest;
    }
    std::vector<std::string> texts(const json::value& page, std::string_view key) {
        std::vector<std::string> found;
        for (const auto& item : page.at("items").as_array())
            found.emplace_back(item.at(json::string_view(key.data(), key.size())).as_string());
        return found;
    }
    std::string detail_of(const registry::Reply& reply) {
        return std::string(json::parse(reply.body).at("detail").as_string());
    }
};

using Texts = std::vector<std::string>;

TEST_F(ImageRoutes, ListRepositoriesByPagesAndByText) {
    for (const auto* name : {"b/app", "a/app", "c/web"})
        push_image(name, "v1", "one");
    push_image("c/web", "v2", "two");
    auto first = get_json("/api/v1/repositories?limit=2");
    EXPECT_EQ(texts(first, "name"), (Texts{"a/app", "b/app"}));
    EXPECT_EQ(first.at("total").as_int64(), 3);
    std::string next(first.at("next").as_string());
    auto second = get_json("/api/v1/repositories?limit=2&cursor=" + next);
    EXPECT_EQ(texts(second, "name"), (Texts{"c/web"}));
    EXPECT_FALSE(second.as_object().contains("next"));
    auto found = get_json("/api/v1/repositories?search=WEB");
    EXPECT_EQ(texts(found, "name"), (Texts{"c/web"}));
    EXPECT_EQ(found.at("items").at(0).at("tags").as_int64(), 2);
    EXPECT_EQ(texts(get_json("/api/v1/repositories?sort=-tags"), "name").front(), "c/web");
    EXPECT_EQ(texts(get_json("/api/v1/repositories?sort=-name&offset=1"), "name"), (Texts{"b/app", "a/app"}));
}

TEST_F(ImageRoutes, RefuseListsThatMakeNoSense) {
    EXPECT_EQ(detail_of(get("/api/v1/images?sort=colour")),
              "sort must be one of name, -name, updatedAt, -updatedAt, size, -size");
    EXPECT_EQ(detail_of(get("/api/v1/images?offset=1&cursor=0:a:b")), "give an offset or a cursor, not both");
    for (const auto* cursor : {"x", "0", "0:", "0:a", "0:A:b", "0:a:-", "9999999999999999999:a:b", ":a:b"})
        EXPECT_EQ(detail_of(get(std::string("/api/v1/images?cursor=") + cursor)), "cursor is not one that a page gave")
            << cursor;
    EXPECT_EQ(detail_of(get("/api/v1/images?platform=a/b/c/d")),
              "platform: a platform is written os/architecture[/variant]");
}

TEST_F(ImageRoutes, TellWhatRepositoriesShare) {
    push_image("a/app", "v1", "one");
    push_image("b/app", "v1", "one");
    push_image("b/app", "v2", "two");
    auto usage = get_json("/api/v1/repositories?usage=true");
    EXPECT_EQ(usage.at("items").at(0).at("uniqueBytes").as_int64(), 0);
    EXPECT_GT(usage.at("items").at(0).at("sharedBytes").as_int64(), 0);
    auto one = get_json("/api/v1/repositories/b/app");
    EXPECT_GT(one.at("uniqueBytes").as_int64(), 0);
    EXPECT_EQ(one.at("tags").as_int64(), 2);
    EXPECT_EQ(detail_of(get("/api/v1/repositories/nothing")), "there is no repository nothing");
}

TEST_F(ImageRoutes, DeleteRepositories) {
    push_image("a/app", "v1", "one");
    EXPECT_EQ(send(http::Method::delete_, "/api/v1/repositories/a/app").status, 204);
    EXPECT_EQ(send(http::Method::delete_, "/api/v1/repositories/a/app").status, 404);
    EXPECT_EQ(get_json("/api/v1/images").at("total").as_int64(), 0);
}

TEST_F(ImageRoutes, ListEveryTagOfEveryRepository) {
    push_with_config("a/app", "v1", kConfig);
    clock.advance(std::chrono::seconds(1));
    auto newest = push_image("b/app", "v1", "one", {}, "application/vnd.test");
    auto page = get_json("/api/v1/images?sort=-updatedAt");
    EXPECT_EQ(texts(page, "repository"), (Texts{"b/app", "a/app"}));
    auto artifact = page.at("items").at(0).as_object();
    EXPECT_EQ(artifact.at("digest").as_string(), newest.digest().to_string());
    EXPECT_EQ(artifact.at("artifactType").as_string(), "application/vnd.test");
    auto image = page.at("items").at(1).as_object();
    EXPECT_FALSE(image.contains("artifactType"));
    EXPECT_EQ(image.at("platforms"), (json::array{"linux/arm64/v8"}));
    EXPECT_EQ(image.at("size").as_int64(), static_cast<std::int64_t>(kConfig.size() + 16));
    EXPECT_EQ(texts(get_json("/api/v1/images?platform=linux/arm64"), "repository"), (Texts{"a/app"}));
    EXPECT_EQ(texts(get_json("/api/v1/images?search=b%2Fapp:v"), "tag"), (Texts{"v1"}));
}

TEST_F(ImageRoutes, ShowAnImageWithTheCommandsThatMadeItsLayers) {
    auto manifest = push_with_config("a/app", "v1", kConfig);
    send(http::Method::put, "/api/v1/repositories/a/app/-/tags/stable",
         R"({"digest":")" + manifest.digest().to_string() + "\"}");
    for (const auto& reference : {std::string("v1"), manifest.digest().to_string()}) {
        auto image = get_json("/api/v1/repositories/a/app/-/images/" + reference);
        EXPECT_EQ(image.at("reference").as_string(), reference);
        EXPECT_EQ(image.at("digest").as_string(), manifest.digest().to_string());
        EXPECT_EQ(image.at("tags"), (json::array{"stable", "v1"}));
        EXPECT_EQ(image.at("pushedAt").as_string(), to_rfc3339(clock.now()));
        EXPECT_EQ(image.at("platforms").at(0).at("platform").as_string(), "linux/arm64/v8");
        EXPECT_EQ(image.at("platforms").at(0).at("digest").as_string(), manifest.digest().to_string());
        EXPECT_EQ(image.at("layers").at(0).at("createdBy").as_string(), "ADD rootfs");
        EXPECT_EQ(image.at("layers").at(0).at("diffId").as_string(), oci::Digest::of("1").to_string());
        EXPECT_EQ(image.at("history").at(1).at("layer").as_int64(), 0);
        EXPECT_TRUE(image.at("history").at(0).at("emptyLayer").as_bool());
        EXPECT_FALSE(image.at("history").at(0).as_object().contains("layer"));
        EXPECT_EQ(image.at("config").at("env"), (json::array{"A=1"}));
        EXPECT_EQ(image.at("config").at("labels").at("l").as_string(), "v");
        EXPECT_EQ(image.at("config").at("healthcheck").at("intervalMilliseconds").as_int64(), 5000);
    }
    EXPECT_EQ(detail_of(get("/api/v1/repositories/a/app/-/images/v2")), "the repository a/app has no image v2");
    EXPECT_EQ(get("/api/v1/repositories/a/app/-/images/sha256:1").status, 400);
}

TEST_F(ImageRoutes, ShowAnImageWhoseConfigIsWrong) {
    push_with_config("a/app", "v1", R"({"rootfs":7})");
    auto image = get_json("/api/v1/repositories/a/app/-/images/v1");
    EXPECT_EQ(image.at("configProblem").as_string(), "the image's config is wrong: rootfs is not an object");
    EXPECT_FALSE(image.as_object().contains("config"));
    EXPECT_EQ(image.at("layers").as_array().size(), 1U);
    EXPECT_EQ(image.at("platforms").at(0).at("platform").as_string(), "");
}

TEST_F(ImageRoutes, NameNoMakersOfLayersWhenTheHistoryDoesNotFit) {
    auto config = fmt::format(R"({{"rootfs":{{"diff_ids":["{}","{}"]}},"history":[{{"created_by":"a"}},)"
                              R"({{"created_by":"b"}}]}})",
                              oci::Digest::of("1").to_string(), oci::Digest::of("2").to_string());
    push_with_config("a/app", "v1", config);
    auto image = get_json("/api/v1/repositories/a/app/-/images/v1");
    EXPECT_FALSE(image.at("layers").at(0).as_object().contains("createdBy"));
    EXPECT_FALSE(image.at("layers").at(0).as_object().contains("diffId"));
    EXPECT_EQ(image.at("history").as_array().size(), 2U);
}

TEST_F(ImageRoutes, ShowTheImagesOfAnIndex) {
    auto image = push_with_config("a/app", "arm", kConfig);
    oci::IndexParts parts;
    parts.manifests.push_back(image.descriptor());
    parts.manifests.back().platform = oci::Platform{"linux", "arm64", "v8", "", {}};
    parts.manifests.push_back(push_image("a/app", "", "attestation").descriptor());
    parts.manifests.back().platform = oci::Platform{"unknown", "unknown", "", "", {}};
    auto index = oci::make_index(parts);
    put_manifest("/v2/a/app/manifests/v1", index.bytes(), oci::media_type::oci_index);
    auto shown = get_json("/api/v1/repositories/a/app/-/images/v1");
    auto rows = shown.at("platforms").as_array();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("platform").as_string(), "linux/arm64/v8");
    EXPECT_EQ(rows[0].at("size").as_int64(), static_cast<std::int64_t>(kConfig.size() + 17));
    EXPECT_FALSE(rows[0].at("attestation").as_bool());
    EXPECT_TRUE(rows[1].at("attestation").as_bool());
    EXPECT_EQ(shown.at("size").as_int64(), rows[0].at("size").as_int64() + rows[1].at("size").as_int64());
    EXPECT_FALSE(shown.as_object().contains("layers"));
    EXPECT_EQ(get_json("/api/v1/images?search=:v1").at("items").at(0).at("platforms"), (json::array{"linux/arm64/v8"}));
}

TEST_F(ImageRoutes, GiveManifestsAsTheyAreStored) {
    auto manifest = push_image("a/app", "v1", "one");
    auto reply = get("/api/v1/repositories/a/app/-/manifests/v1");
    EXPECT_EQ(reply.body, manifest.bytes());
    EXPECT_EQ(reply.header("Content-Type"), oci::media_type::oci_manifest);
    EXPECT_EQ(get("/api/v1/repositories/a/app/-/manifests/v2").status, 404);
}

TEST_F(ImageRoutes, ListWhatRefersToAnImage) {
    auto image = push_image("a/app", "v1", "one");
    auto signature = push_image("a/app", "", "signature", image.descriptor(), "application/vnd.signature");
    auto path = "/api/v1/repositories/a/app/-/referrers/" + image.digest().to_string();
    auto all = get_json(path);
    EXPECT_EQ(texts(all, "digest"), (Texts{signature.digest().to_string()}));
    EXPECT_EQ(texts(all, "artifactType"), (Texts{"application/vnd.signature"}));
    EXPECT_TRUE(get_json(path + "?artifactType=other").at("items").as_array().empty());
    auto shown = get_json("/api/v1/repositories/a/app/-/images/" + signature.digest().to_string());
    EXPECT_EQ(shown.at("subject").at("digest").as_string(), image.digest().to_string());
}

TEST_F(ImageRoutes, ListMoveAndDeleteTags) {
    auto one = push_image("a/app", "v1", "one");
    push_image("a/app", "v2", "two");
    auto tags = get_json("/api/v1/repositories/a/app/-/tags?sort=-name");
    EXPECT_EQ(texts(tags, "tag"), (Texts{"v2", "v1"}));
    EXPECT_FALSE(tags.at("items").at(0).as_object().contains("repository"));
    auto path = std::string("/api/v1/repositories/a/app/-/tags/");
    auto body = R"({"digest":")" + one.digest().to_string() + "\"}";
    EXPECT_EQ(send(http::Method::put, path + "v2", body).status, 200);
    EXPECT_EQ(get("/v2/a/app/manifests/v2").body, one.bytes());
    EXPECT_EQ(send(http::Method::put, path + "-v2", body).status, 400);
    EXPECT_EQ(send(http::Method::put, path + "v2", "{}").status, 400);
    auto missing = R"({"digest":")" + oci::Digest::of("none").to_string() + "\"}";
    EXPECT_EQ(send(http::Method::put, path + "v2", missing).status, 404);
    EXPECT_EQ(send(http::Method::delete_, path + "v1").status, 204);
    EXPECT_EQ(send(http::Method::delete_, path + "v1").status, 404);
    EXPECT_EQ(texts(get_json("/api/v1/repositories/a/app/-/tags?search=V"), "tag"), (Texts{"v2"}));
    EXPECT_EQ(get("/api/v1/repositories/b/app/-/tags").status, 404);
}

TEST_F(ImageRoutes, DeleteImagesByDigestOnly) {
    auto one = push_image("a/app", "v1", "one");
    auto path = std::string("/api/v1/repositories/a/app/-/images/");
    EXPECT_EQ(detail_of(send(http::Method::delete_, path + "v1")),
              "an image is deleted by its digest, with all its tags; delete a tag under /-/tags/");
    EXPECT_EQ(send(http::Method::delete_, path + one.digest().to_string()).status, 204);
    EXPECT_EQ(send(http::Method::delete_, path + one.digest().to_string()).status, 404);
    EXPECT_EQ(get_json("/api/v1/images").at("total").as_int64(), 0);
}

TEST_F(ImageRoutes, TellWhatChangedBetweenTwoImages) {
    push_with_config("a/app", "v1", kConfig);
    push_with_config("a/app", "v2", kConfig);
    auto same = get_json("/api/v1/diff?from=a/app:v1&to=a/app:v2&platform=linux/arm64");
    EXPECT_TRUE(same.at("equal").as_bool()) << "the layers have one diff ID";
    EXPECT_EQ(detail_of(get("/api/v1/diff?from=a/app:v1")), "to is missing: repository:tag or repository@digest");
    EXPECT_EQ(detail_of(get("/api/v1/diff?from=x.io/a:v1&to=a:v1")), "from must name an image of this server");
    EXPECT_EQ(get("/api/v1/diff?from=a/app:v1&to=a/app:v3").status, 404);
}

TEST_F(ImageRoutes, TellHowTheUseOfStorageWent) {
    EXPECT_TRUE(get_json("/api/v1/storage/history").at("items").as_array().empty());
    cang::testing::run_async([&]() -> awaitable<void> { return warehouse::record_usage(*warehouse); });
    auto history = get_json("/api/v1/storage/history?points=10");
    EXPECT_EQ(history.at("items").at(0).at("at").as_string(), to_rfc3339(clock.now()));
    EXPECT_EQ(history.at("items").at(0).at("objects").as_int64(), 0);
    EXPECT_EQ(detail_of(get("/api/v1/storage/history?from=yesterday")), "from: a time is written 2026-11-23T10:00:00Z");
    EXPECT_EQ(get("/api/v1/storage/history?points=1001").status, 400);
}

TEST_F(ImageRoutes, TellWhatServerThisIs) {
    auto system = get_json("/api/v1/system");
    EXPECT_EQ(system.at("version").as_string(), build_version());
    EXPECT_EQ(system.at("database").as_string(), "sqlite");
    EXPECT_FALSE(system.at("tls").as_bool());
    EXPECT_GE(system.at("uptimeSeconds").as_int64(), 0);
}

} // namespace
} // namespace cang::api::v1
