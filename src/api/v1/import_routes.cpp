// Imports of uploaded archives.

#include "api/v1/input.hpp"
#include "api/v1/own.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/start_operation.hpp"
#include "transfer/import_operation.hpp"
#include "transfer/place_request.hpp"

namespace cang::api::v1 {

namespace {

awaitable<http::Response> post_import(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    transfer::ImportRequest wanted;
    read_fields(body, [&](const oci::JsonScope& fields) { wanted = transfer::ImportRequest::read(fields); });
    co_await get_own_upload(context, request, wanted.upload);
    auto upload = co_await context.transfers.uploads.keep(wanted.upload);
    auto spec = transfer::import_spec(wanted, upload);
    auto authority = authority_of(context, request);
    for (const auto& image : wanted.images)
        if (!image.as.empty())
            co_await authority.require_write(transfer::require_place("images.as", image.as));
    co_return co_await start_operation(context.operations, request, std::move(spec));
}

} // namespace

std::vector<Endpoint> import_endpoints(Context& context) {
    auto start = [&context](http::Request& request) { return post_import(context, request); };
    using http::Method;
    return {{.route = {Method::post, "/api/v1/imports", "api.imports.start", "operation.start", start},
             .summary = "Start the import of images of an uploaded archive",
             .group = "transfers",
             .request = "ImportRequest",
             .status = 202,
             .response = "Operation"}};
}

std::vector<Schema> import_schemas() {
    return {{"ImportRequest", R"({"type":"object","required":["upload"],"properties":{
"upload":{"type":"string","description":"Id of a complete upload; it is removed when the import has succeeded"},
"images":{"type":"array","maxItems":1000,"description":"All images when empty","items":{"type":"object",
"properties":{"name":{"type":"string","description":"As in the archive"},
"as":{"type":"string","description":"Another name, REPOSITORY:TAG"}}}},
"platforms":{"$ref":"#/components/schemas/PlatformNames"},
"force":{"type":"boolean","default":false},
"compression":{"$ref":"#/components/schemas/Compression"}}})"}};
}

} // namespace cang::api::v1
