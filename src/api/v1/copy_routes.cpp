// Copies of one image between registries, uploads and the warehouse.

#include "api/v1/input.hpp"
#include "api/v1/own.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/start_operation.hpp"
#include "transfer/copy_operation.hpp"
#include "transfer/place_request.hpp"

namespace cang::api::v1 {

namespace {

awaitable<http::Response> post_copy(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    transfer::CopyRequest wanted;
    read_fields(body, [&](const oci::JsonScope& fields) { wanted = transfer::CopyRequest::read(fields); });
    auto spec = transfer::copy_spec(wanted);
    auto authority = authority_of(context, request);
    auto source = transfer::require_source("source", wanted.source);
    if (const auto* name = std::get_if<image::PlaceName>(&source))
        co_await authority.require_read(*name);
    else
        co_await get_own_upload(context, request, std::get<transfer::UploadName>(source).id);
    co_await authority.require_write(transfer::require_place("target", wanted.target));
    co_return co_await start_operation(context.operations, request, std::move(spec));
}

} // namespace

std::vector<Endpoint> copy_endpoints(Context& context) {
    auto start = [&context](http::Request& request) { return post_copy(context, request); };
    using http::Method;
    return {{.route = {Method::post, "/api/v1/copies", "api.copies.start", "operation.start", start},
             .summary = "Start the copy of an image",
             .group = "transfers",
             .request = "CopyRequest",
             .status = 202,
             .response = "Operation"}};
}

std::vector<Schema> copy_schemas() {
    return {
        {"PlatformNames", R"({"type":"array","items":{"type":"string"},"maxItems":64,
"description":"Only these platforms of a multi-platform image; all when empty"})"},
        {"Compression", R"({"type":"string","enum":["gzip","zstd","none"],"default":"gzip",
"description":"Of layers that come uncompressed"})"},
        {"CopyRequest", R"({"type":"object","required":["source","target"],"properties":{
"source":{"type":"string","description":"docker://HOST/REPOSITORY:TAG, REPOSITORY:TAG of the warehouse, or upload:ID[:NAME]"},
"target":{"type":"string","description":"docker://HOST/REPOSITORY:TAG or REPOSITORY:TAG of the warehouse"},
"platforms":{"$ref":"#/components/schemas/PlatformNames"},
"referrers":{"type":"boolean","default":false,"description":"Signatures, SBOMs and other referrers too"},
"force":{"type":"boolean","default":false,"description":"Also when the target has the same digest"},
"compression":{"$ref":"#/components/schemas/Compression"}}})"},
    };
}

} // namespace cang::api::v1
