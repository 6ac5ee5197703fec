// Uploads, imports and exports together: what one writes, the other reads.
#include "api/v1/api_fixture.hpp"
#include "io/compression.hpp"

namespace cang::api::v1 {
namespace {

class ArchiveRoutes : public ApiFixture {
protected:
    ArchiveRoutes() { add_routes(router, api); }

    boost::json::object start_export(boost::json::array images, std::string_view format) {
        boost::json::object body{{"images", std::move(images)}, {"format", format}};
        return wait_for(post_json("/api/v1/exports", body));
    }
    static std::string path_of(const boost::json::object& operation) {
        return "/api/v1/exports/" + std::string(operation.at("id").as_string());
    }
    std::string export_archive(boost::json::array images, std::string_view format = "docker-archive") {
        auto ended = start_export(std::move(images), format);
        EXPECT_EQ(ended.at("state").as_string(), "succeeded") << boost::json::serialize(ended);
        return get(path_of(ended) + "/archive").body;
    }
    registry::Reply patch(const std::string& id, std::uint64_t offset, std::string bytes) {
        http::Fields headers{{"Upload-Offset", std::to_string(offset)}};
        return send(http::Method::patch, "/api/v1/uploads/" + id, std::move(bytes), std::move(headers));
    }
    std::string create(std::uint64_t size) {
        auto created = post_json("/api/v1/uploads", boost::json::object{{"name", "saved.tar"}, {"size", size}});
        EXPECT_EQ(created.status, 201) << created.body;
        return std::string(boost::json::parse(created.body).at("id").as_string());
    }
    std::string upload(const std::string& archive) {
        auto id = create(archive.size());
        EXPECT_EQ(patch(id, 0, archive).status, 204);
        return id;
    }
    boost::json::object import(boost::json::object body) { return wait_for(post_json("/api/v1/imports", body)); }
    std::string compressed(std::string bytes, io::Compression compression) {
        return cang::testing::run_async<std::string>([&]() -> awaitable<std::string> {
            auto reader = io::compressing_reader(io::memory_reader(std::move(bytes)), compression, pool);
            co_return co_await io::read_all(*reader, 64 * MiB);
        });
    }
    std::size_t files_in(const std::string& folder) {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory / folder), {}));
    }
};

TEST_F(ArchiveRoutes, TakeAnUploadInPiecesAndSayWhereItGoesOn) {
    auto id = create(10);
    auto path = "/api/v1/uploads/" + id;
    auto appended = patch(id, 0, "hello");
    EXPECT_EQ(appended.status, 204) << appended.body;
    EXPECT_EQ(appended.header("Upload-Offset"), "5");
    auto wrong = patch(id, 0, "hello");
    EXPECT_EQ(wrong.status, 409);
    EXPECT_EQ(wrong.header("Upload-Offset"), "5");
    EXPECT_EQ(boost::json::parse(wrong.body).at("detail").as_string(), "the upload goes on at 5, not at 0");
    auto half = get_json(path);
    EXPECT_EQ(half.at("offset").as_int64(), 5);
    EXPECT_FALSE(half.at("complete").as_bool());
    EXPECT_EQ(get(path + "/images").status, 409);
    EXPECT_EQ(post_json("/api/v1/imports", boost::json::object{{"upload", id}}).status, 409);
    patch(id, 5, "world");
    EXPECT_TRUE(get_json(path).at("complete").as_bool());
    auto images = get(path + "/images");
    EXPECT_EQ(images.status, 400);
    EXPECT_EQ(send(http::Method::delete_, path).status, 204);
    EXPECT_EQ(send(http::Method::delete_, path).status, 404);
    EXPECT_EQ(get(path).status, 404);
}

TEST_F(ArchiveRoutes, RefuseUploadsThatCannotBe) {
    EXPECT_EQ(post_json("/api/v1/uploads", boost::json::object{{"name", "a"}, {"size", 0}}).status, 400);
    EXPECT_EQ(post_json("/api/v1/uploads", boost::json::object{{"name", ""}, {"size", 1}}).status, 400);
    auto id = create(10);
    EXPECT_EQ(send(http::Method::patch, "/api/v1/uploads/" + id, "hello").status, 400) << "no Upload-Offset";
    EXPECT_EQ(patch(id, 0, "hello, world").status, 400) << "more than announced";
    EXPECT_EQ(patch("0011", 0, "x").status, 404);
}

TEST_F(ArchiveRoutes, TakeAFormToo) {
    std::string body = "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n"
                       "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\saved\\a.tar\"\r\n\r\n"
                       "bytes\r\n--b--\r\n";
    http::Fields headers{{"Content-Type", "multipart/form-data; boundary=b"}};
    auto created = send(http::Method::post, "/api/v1/uploads", body, headers);
    ASSERT_EQ(created.status, 201) << created.body;
    auto document = boost::json::parse(created.body);
    EXPECT_EQ(document.at("name").as_string(), "a.tar");
    EXPECT_EQ(document.at("size").as_int64(), 5);
    EXPECT_TRUE(document.at("complete").as_bool());
    EXPECT_EQ(created.header("Location"), "/api/v1/uploads/" + std::string(document.at("id").as_string()));
    auto without = send(http::Method::post, "/api/v1/uploads", "--b--", headers);
    EXPECT_EQ(without.status, 400);
    EXPECT_NE(without.body.find("the form has no part named file"), std::string::npos);
}

TEST_F(ArchiveRoutes, ExportWhatAnImportBringsBack) {
    push_random("team/app", "v1");
    push_random("team/other", "v2", 2);
    auto archive = export_archive({"team/app:v1", "team/other:v2"});
    auto id = upload(archive);
    auto listed = get_json("/api/v1/uploads/" + id + "/images");
    EXPECT_EQ(listed.at("format").as_string(), "docker-archive");
    EXPECT_EQ(listed.at("items").as_array().size(), 2U);
    EXPECT_EQ(listed.at("items").at(0).at("name").as_string(), "team/app:v1");
    EXPECT_EQ(listed.at("items").at(0).at("platforms").at(0).as_string(), "linux/amd64");
    EXPECT_GT(listed.at("items").at(0).at("size").as_int64(), 8000);
    auto ended = import(
        {{"upload", id}, {"images", {{{"name", "team/app:v1"}, {"as", "back/app:v1"}}, {{"name", "team/other:v2"}}}}});
    EXPECT_EQ(ended.at("state").as_string(), "succeeded") << boost::json::serialize(ended);
    EXPECT_EQ(ended.at("title").as_string(), "Import saved.tar");
    EXPECT_EQ(ended.at("result").at("images").as_array().size(), 2U);
    EXPECT_EQ(get("/v2/back/app/manifests/v1").status, 200);
    life.shutdown(); // the upload goes right after the end
    EXPECT_EQ(get("/api/v1/uploads/" + id).status, 404);
    EXPECT_EQ(files_in("archives/uploads"), 0U);
}

TEST_F(ArchiveRoutes, KeepTheDigestThroughAnOciArchiveHoweverItIsCompressed) {
    auto manifest = push_random("team/app", "v1");
    auto archive = export_archive({"team/app:v1"}, "oci-archive");
    for (auto compression : {io::Compression::none, io::Compression::gzip, io::Compression::zstd}) {
        auto id = upload(compression == io::Compression::none ? archive : compressed(archive, compression));
        auto listed = get_json("/api/v1/uploads/" + id + "/images");
        EXPECT_EQ(listed.at("format").as_string(), "oci-archive");
        EXPECT_EQ(listed.at("items").at(0).at("name").as_string(), "team/app:v1");
        auto copied =
            wait_for(post_json("/api/v1/copies", boost::json::object{{"source", "upload:" + id + ":team/app:v1"},
                                                                     {"target", "copied/app:v1"}}));
        EXPECT_EQ(copied.at("result").at("digest").as_string(), manifest.digest().to_string())
            << boost::json::serialize(copied);
        auto imported = import({{"upload", id}, {"images", {{{"name", "team/app:v1"}, {"as", "imported/app:v1"}}}}});
        EXPECT_EQ(imported.at("result").at("images").at(0).at("digest").as_string(), manifest.digest().to_string());
    }
}

TEST_F(ArchiveRoutes, KeepTheUploadOfAnImportThatFailed) {
    push_random("team/app", "v1");
    auto id = upload(export_archive({"team/app:v1"}));
    auto failed = import({{"upload", id}, {"images", {{{"name", "team/none:v1"}}}}});
    EXPECT_EQ(failed.at("state").as_string(), "failed");
    EXPECT_EQ(failed.at("error").at("message").as_string(), "the archive has no image named team/none:v1");
    EXPECT_EQ(get("/api/v1/uploads/" + id).status, 200);
    EXPECT_EQ(post_json("/api/v1/imports", boost::json::object{{"upload", "0011"}}).status, 404);
}

TEST_F(ArchiveRoutes, ServeAnExportWithRangesUntilItIsDeleted) {
    push_random("team/app", "v1");
    auto ended = start_export({"team/app:v1"}, "oci-archive");
    auto path = path_of(ended);
    EXPECT_EQ(ended.at("result").at("file").as_string(), "app_v1.tar");
    auto whole = get(path + "/archive");
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.header("Content-Disposition"), "attachment; filename=\"app_v1.tar\"");
    EXPECT_EQ(whole.body.size(), static_cast<std::size_t>(ended.at("result").at("bytes").as_int64()));
    auto part = get(path + "/archive", {{"Range", "bytes=10-19"}});
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, whole.body.substr(10, 10));
    EXPECT_EQ(get(path + "/archive", {{"Range", "bytes=99999999-"}}).status, 416);
    auto changed = get(path + "/archive", {{"Range", "bytes=10-19"}, {"If-Range", "\"other\""}});
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(send(http::Method::delete_, path).status, 204);
    auto gone = get(path + "/archive");
    EXPECT_EQ(gone.status, 404);
    EXPECT_NE(gone.body.find("the archive was removed; start the export again"), std::string::npos);
    EXPECT_EQ(send(http::Method::delete_, path).status, 404);
    EXPECT_EQ(files_in("archives/exports"), 0U);
}

TEST_F(ArchiveRoutes, LeaveNothingOfAnExportThatFailed) {
    push_random("team/app", "v1");
    auto failed = start_export({"team/app:v1", "team/none:v1"}, "docker-archive");
    EXPECT_EQ(failed.at("state").as_string(), "failed");
    EXPECT_EQ(files_in("archives/exports"), 0U);
    auto none = get(path_of(failed) + "/archive");
    EXPECT_EQ(none.status, 404);
    EXPECT_NE(none.body.find("the export has no archive: it did not succeed"), std::string::npos);
    EXPECT_EQ(get("/api/v1/exports/0011/archive").status, 404);
    EXPECT_EQ(get("/api/v1/exports/..%2F..%2Fcang/archive").status, 400);
    boost::json::object body{{"images", {"team/app:v1"}}, {"format", "zip"}};
    EXPECT_EQ(post_json("/api/v1/exports", body).status, 400);
    body["images"] = boost::json::array();
    EXPECT_EQ(post_json("/api/v1/exports", body).status, 400);
}

TEST_F(ArchiveRoutes, RemoveExportsADayAfterTheyEnded) {
    push_random("team/app", "v1");
    start_export({"team/app:v1"}, "oci-archive");
    auto sweep = [&] {
        cang::testing::run_async([&]() -> awaitable<void> { co_await exports.remove_expired(life.runner.history()); });
    };
    clock.advance(std::chrono::hours(23));
    sweep();
    EXPECT_EQ(files_in("archives/exports"), 1U);
    clock.advance(std::chrono::hours(2));
    sweep();
    EXPECT_EQ(files_in("archives/exports"), 0U);
}

} // namespace
} // namespace cang::api::v1
