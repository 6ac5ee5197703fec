// What changed between two images of the warehouse.

#include "api/v1/image_rows.hpp"
#include "api/v1/input.hpp"
#include "api/v1/routes.hpp"
#include "base/oci/reference.hpp"
#include "image/diff.hpp"
#include "image/places/warehouse/warehouse_source.hpp"

#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

constexpr std::size_t kLongestReference = 512; // repository, tag and digest

oci::Reference reference_query(const http::Request& request, std::string_view name) {
    auto text = text_query(request, name, kLongestReference);
    if (text.empty())
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("{} is missing: repository:tag or repository@digest", name));
    auto reference = oci::Reference::parse(text);
    if (!reference)
        throw Error(ErrorKind::invalid_argument, fmt::format("{}: {}", name, reference.error().to_string()));
    if (!reference->registry.empty())
        throw Error(ErrorKind::invalid_argument, fmt::format("{} must name an image of this server", name));
    return *reference;
}

awaitable<http::Response> get_diff(Context& context, http::Request& request) {
    auto from = reference_query(request, "from");
    auto to = reference_query(request, "to");
    auto caller = identity::caller_ptr(request);
    co_await context.identity.guard.require(caller, "image.pull", from.repository);
    co_await context.identity.guard.require(caller, "image.pull", to.repository);
    auto platform = platform_query(request);
    warehouse::WarehouseSource before(context.warehouse);
    warehouse::WarehouseSource after(context.warehouse);
    auto before_view = co_await image::load_image(before, from, platform);
    auto after_view = co_await image::load_image(after, to, platform);
    co_return json_reply(200, image::to_json(image::diff(before_view, after_view)));
}

} // namespace

std::vector<Endpoint> diff_endpoints(Context& context) {
    auto get = [&context](http::Request& request) { return get_diff(context, request); };
    std::vector<Parameter> query{
        {"from", R"({"type":"string"})", "The first image: repository:tag or repository@digest"},
        {"to", R"({"type":"string"})", "The second one"},
        {"platform", R"({"type":"string","examples":["linux/arm64"]})",
         "Which image of those for several platforms; the server's own when absent"},
    };
    return {{.route = {http::Method::get, "/api/v1/diff", "api.diff.get", "catalog.read", get},
             .summary = "Tell what changed between two images: settings, layers, size",
             .group = "images",
             .query = std::move(query),
             .response = "ImageDiff"}};
}

std::vector<Schema> diff_schemas() {
    return {{"ImageDiff", R"({"type":"object",
"required":["equal","fields","shared","removed","added","sizeDifference"],"properties":{
"equal":{"type":"boolean"},"fields":{"type":"array","items":{"type":"object",
"required":["field","before","after"],"properties":{"field":{"type":"string"},
"before":{"type":["string","null"]},"after":{"type":["string","null"]}}}},
"shared":{"type":"array","items":{"$ref":"#/components/schemas/Descriptor"}},
"removed":{"type":"array","items":{"$ref":"#/components/schemas/Descriptor"}},
"added":{"type":"array","items":{"$ref":"#/components/schemas/Descriptor"}},
"sizeDifference":{"type":"integer","description":"Bytes; positive when the second image is larger"}}})"},
            {"Descriptor", R"({"type":"object","required":["mediaType","digest","size"],"properties":{
"mediaType":{"type":"string"},"digest":{"type":"string"},"size":{"type":"integer"},
"urls":{"type":"array","items":{"type":"string"}},"data":{"type":"string"},"artifactType":{"type":"string"},
"platform":{"type":"object","additionalProperties":true},
"annotations":{"type":"object","additionalProperties":{"type":"string"}}}})"}};
}

} // namespace cang::api::v1
