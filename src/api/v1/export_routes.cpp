// Exports of images into an archive, and the archive itself.

#include "api/v1/input.hpp"
#include "api/v1/own.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/start_operation.hpp"
#include "transfer/export_operation.hpp"
#include "transfer/place_request.hpp"

#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

awaitable<http::Response> post_export(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    transfer::ExportRequest wanted;
    read_fields(body, [&](const oci::JsonScope& fields) { wanted = transfer::ExportRequest::read(fields); });
    auto spec = transfer::export_spec(wanted);
    auto authority = authority_of(context, request);
    for (const auto& text : wanted.images)
        co_await authority.require_read(transfer::require_place("images", text));
    co_return co_await start_operation(context.operations, request, std::move(spec));
}

// The name that the operation gave its archive. Throws Error{not_found} for what is no export that has succeeded.
awaitable<std::string> get_file_name(Context& context, const http::Request& request, std::string id) {
    auto operation = co_await context.operations.history().find(std::move(id));
    auto owner = owner_for(context, request);
    bool own = operation && (owner.empty() || operation->spec.requested_by == owner);
    if (!own || operation->spec.type != "export")
        throw Error(ErrorKind::not_found, "there is no such export");
    if (!operation->result)
        throw Error(operation::is_final(operation->state) ? ErrorKind::not_found : ErrorKind::conflict,
                    operation::is_final(operation->state) ? "the export has no archive: it did not succeed"
                                                          : "the export has not ended yet");
    co_return std::string(operation->result->at("file").as_string());
}

http::Response unsatisfiable(std::uint64_t size) {
    http::Response response;
    response.status = 416;
    response.headers.set("Content-Range", fmt::format("bytes */{}", size));
    return response;
}

// An archive never changes, so any If-Range that names it keeps the range.
http::Response file_response(const http::Request& request, io::FileDescriptor file, std::uint64_t size,
                             const std::string& entity_tag) {
    auto condition = request.header("If-Range");
    auto wanted = condition.empty() || condition == entity_tag ? request.header("Range") : std::string_view();
    auto [outcome, range] = http::parse_range(wanted, size);
    if (outcome == http::RangeOutcome::unsatisfiable)
        return unsatisfiable(size);
    http::Response response;
    if (outcome == http::RangeOutcome::partial) {
        response.status = 206;
        response.headers.set("Content-Range",
                             fmt::format("bytes {}-{}/{}", range.offset, range.offset + range.length - 1, size));
    }
    response.headers.set("Content-Type", "application/x-tar");
    response.headers.set("Cache-Control", "private, no-cache");
    response.headers.set("Accept-Ranges", "bytes");
    response.headers.set("ETag", entity_tag);
    response.body = http::FileBody(file.release(), range.offset, range.length);
    return response;
}

awaitable<http::Response> get_archive(Context& context, http::Request& request) {
    const auto& id = request.parameter("operation");
    auto name = co_await get_file_name(context, request, id);
    auto file = co_await context.transfers.exports.open(id);
    if (!file)
        throw Error(ErrorKind::not_found, "the archive was removed; start the export again");
    auto size = co_await context.transfers.exports.size_of(id);
    auto response = file_response(request, std::move(*file), size, fmt::format("\"{}\"", id));
    response.headers.set("Content-Disposition", fmt::format("attachment; filename=\"{}\"", name));
    co_return response;
}

awaitable<http::Response> delete_export(Context& context, http::Request& request) {
    const auto& id = request.parameter("operation");
    co_await get_file_name(context, request, id);
    auto removed = co_await context.transfers.exports.remove(id);
    if (!removed)
        throw Error(ErrorKind::not_found, "the archive was removed already");
    co_return no_content();
}

} // namespace

std::vector<Endpoint> export_endpoints(Context& context) {
    using Handle = awaitable<http::Response> (*)(Context&, http::Request&);
    auto row = [&context](http::Method method, std::string path, std::string name, Handle handle) {
        auto bound = [&context, handle](http::Request& request) { return handle(context, request); };
        return http::Route{method, "/api/v1/exports" + path, "api.exports." + name, "operation.start", bound};
    };
    using http::Method;
    const std::string group = "transfers";
    return {
        {.route = row(Method::post, "", "start", post_export),
         .summary = "Start the export of images into an archive",
         .group = group,
         .request = "ExportRequest",
         .status = 202,
         .response = "Operation"},
        {.route = row(Method::get, "/{operation}/archive", "archive", get_archive),
         .summary = "Fetch the archive that an export wrote; ranges are served",
         .group = group,
         .response_media = "application/x-tar"},
        {.route = row(Method::delete_, "/{operation}", "delete", delete_export),
         .summary = "Remove the archive of an export",
         .group = group,
         .status = 204},
    };
}

std::vector<Schema> export_schemas() {
    return {{"ExportRequest", R"({"type":"object","required":["images","format"],"properties":{
"images":{"type":"array","minItems":1,"maxItems":1000,"items":{"type":"string",
"description":"REPOSITORY:TAG of the warehouse or docker://HOST/REPOSITORY:TAG"}},
"format":{"type":"string","enum":["docker-archive","oci-archive"]},
"platforms":{"$ref":"#/components/schemas/PlatformNames"}}})"}};
}

} // namespace cang::api::v1
