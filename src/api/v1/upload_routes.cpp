// Uploads of archives: resumable in pieces (Upload-Offset says where one goes on), or whole as a form; and what is in
// them.

#include "api/v1/input.hpp"
#include "api/v1/own.hpp"
#include "api/v1/routes.hpp"
#include "http/multipart_reader.hpp"
#include "transfer/archive_listing.hpp"
#include "transfer/upload_offset.hpp"

#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

constexpr std::uint64_t kUnlimitedBody = UINT64_MAX; // archives; Uploads bounds them
constexpr std::string_view kOffset = "Upload-Offset";

boost::json::object document_of(const transfer::Upload& upload) {
    return {{"id", upload.id},
            {"name", upload.name},
            {"size", upload.size},
            {"offset", upload.offset},
            {"createdAt", to_rfc3339(upload.created_at)},
            {"expiresAt", to_rfc3339(upload.expires_at)},
            {"complete", upload.complete()}};
}

http::Response created(const transfer::Upload& upload) {
    return created_reply("/api/v1/uploads/" + upload.id, document_of(upload));
}

// The current part of a form.
class PartReader final : public io::Reader {
public:
    explicit PartReader(http::MultipartReader& form) : form_(form) {}
    awaitable<std::size_t> read(MutableBytes buffer) override { return form_.read(buffer); }

private:
    http::MultipartReader& form_;
};

// Browsers send only the file's name; old ones a path, of which the end counts.
std::string label_of(const http::MultipartPart& part) {
    auto name = part.file_name.value_or("");
    return name.substr(name.find_last_of("/\\") + 1);
}

awaitable<http::Response> receive_form(Context& context, http::Request& request) {
    http::MultipartReader form(*request.body, request.header("Content-Type"));
    for (;;) {
        auto part = co_await form.next();
        if (!part)
            throw Error(ErrorKind::invalid_argument, "the form has no part named file");
        if (part->name != "file")
            continue;
        PartReader bytes(form);
        auto upload =
            co_await context.transfers.uploads.receive(label_of(*part), bytes, identity::caller_of(request).name);
        co_return created(upload);
    }
}

awaitable<http::Response> post_upload(Context& context, http::Request& request) {
    if (request.header("Content-Type").starts_with("multipart/"))
        co_return co_await receive_form(context, request);
    auto body = co_await read_json(request);
    std::string name;
    std::uint64_t size = 0;
    read_fields(body, [&](const oci::JsonScope& fields) {
        name = fields.required_text("name");
        size = fields.required_number("size");
    });
    auto upload = co_await context.transfers.uploads.create(std::move(name), size, identity::caller_of(request).name);
    co_return created(upload);
}

awaitable<http::Response> get_upload(Context& context, http::Request& request) {
    auto upload = co_await get_own_upload(context, request, request.parameter("id"));
    auto response = json_reply(200, document_of(upload));
    response.headers.set(std::string(kOffset), std::to_string(upload.offset));
    co_return response;
}

awaitable<http::Response> patch_upload(Context& context, http::Request& request) {
    auto offset = transfer::parse_upload_offset(request.header(kOffset));
    if (!offset)
        throw Error(ErrorKind::invalid_argument, "the header Upload-Offset must say where the bytes belong");
    co_await get_own_upload(context, request, request.parameter("id"));
    auto appended = co_await context.transfers.uploads.append(request.parameter("id"), *offset, *request.body);
    auto response = no_content();
    if (!appended.accepted) {
        Error error(ErrorKind::conflict, fmt::format("the upload goes on at {}, not at {}", appended.offset, *offset));
        response = problem_response(error);
    }
    response.headers.set(std::string(kOffset), std::to_string(appended.offset));
    co_return response;
}

awaitable<http::Response> delete_upload(Context& context, http::Request& request) {
    co_await get_own_upload(context, request, request.parameter("id"));
    auto removed = co_await context.transfers.uploads.remove(request.parameter("id"));
    if (!removed)
        throw Error(ErrorKind::not_found, "there is no such upload");
    co_return no_content();
}

awaitable<http::Response> list_images(Context& context, http::Request& request) {
    auto& transfers = context.transfers;
    auto upload = co_await get_own_upload(context, request, request.parameter("id"));
    if (!upload.complete())
        throw Error(ErrorKind::conflict, fmt::format("the upload has {} of {} bytes yet", upload.offset, upload.size));
    auto file = transfers.uploads.file_of(upload);
    auto archive = co_await transfer::open_any_archive(std::move(file), transfers.pool, transfers.spool_directory);
    auto images = co_await transfer::list_images(archive);
    boost::json::array items;
    for (const auto& image : images)
        items.push_back(
            boost::json::object{{"name", image.name},
                                {"platforms", boost::json::array(image.platforms.begin(), image.platforms.end())},
                                {"size", image.size}});
    bool docker = archive.kind == image::PlaceKind::docker_archive;
    boost::json::object document{{"format", docker ? "docker-archive" : "oci-archive"}, {"items", std::move(items)}};
    co_return json_reply(200, document);
}

} // namespace

std::vector<Endpoint> upload_endpoints(Context& context) {
    using Handle = awaitable<http::Response> (*)(Context&, http::Request&);
    auto row = [&context](http::Method method, std::string path, std::string name, Handle handle,
                          std::uint64_t body_limit = kMaxBody) {
        auto bound = [&context, handle](http::Request& request) { return handle(context, request); };
        return http::Route{method, "/api/v1/uploads" + path, "api.uploads." + name, "upload.write", bound, body_limit};
    };
    using http::Method;
    const std::string group = "transfers";
    return {
        {.route = row(Method::post, "", "create", post_upload, kUnlimitedBody),
         .summary = "Announce an archive, or upload one whole as a form (multipart/form-data, part file)",
         .group = group,
         .request = "UploadRequest",
         .status = 201,
         .response = "Upload",
         .request_media = "multipart/form-data"},
        {.route = row(Method::get, "/{id}", "get", get_upload),
         .summary = "Tell how much of an archive is there",
         .group = group,
         .response = "Upload"},
        {.route = row(Method::patch, "/{id}", "append", patch_upload, kUnlimitedBody),
         .summary = "Send bytes of an archive; the header Upload-Offset says where they belong",
         .group = group,
         .status = 204,
         .request_media = "application/octet-stream"},
        {.route = row(Method::delete_, "/{id}", "delete", delete_upload),
         .summary = "Remove an uploaded archive",
         .group = group,
         .status = 204},
        {.route = row(Method::get, "/{id}/images", "images", list_images),
         .summary = "List the images of an uploaded archive",
         .group = group,
         .response = "ArchivedImageList"},
    };
}

std::vector<Schema> upload_schemas() {
    return {
        {"UploadRequest", R"({"type":"object","required":["name","size"],"properties":{
"name":{"type":"string","minLength":1,"maxLength":255,"description":"A label"},
"size":{"type":"integer","minimum":1,"maximum":1099511627776}}})"},
        {"Upload", R"({"type":"object","required":["id","name","size","offset","createdAt","expiresAt","complete"],
"properties":{"id":{"type":"string"},"name":{"type":"string"},"size":{"type":"integer"},
"offset":{"type":"integer","description":"Bytes that are there"},"createdAt":{"type":"string","format":"date-time"},
"expiresAt":{"type":"string","format":"date-time"},"complete":{"type":"boolean"}}})"},
        {"ArchivedImageList", R"({"type":"object","required":["format","items"],"properties":{
"format":{"type":"string","enum":["docker-archive","oci-archive"]},
"items":{"type":"array","items":{"type":"object","required":["name","platforms","size"],"properties":{
"name":{"type":"string","description":"A digest where it has no name"},
"platforms":{"type":"array","items":{"type":"string"}},"size":{"type":"integer"}}}}}})"},
    };
}

} // namespace cang::api::v1
