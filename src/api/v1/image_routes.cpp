// Images: the flat list of every tag, one image in detail, its raw manifest, what refers to it, removal.

#include "api/v1/image_document.hpp"
#include "api/v1/image_rows.hpp"
#include "api/v1/input.hpp"
#include "api/v1/routes.hpp"
#include "base/oci/image_config.hpp"
#include "registry/operation.hpp"

#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

namespace json = boost::json;

[[noreturn]] void throw_no_image(const std::string& repository, const std::string& reference) {
    throw Error(ErrorKind::not_found, fmt::format("the repository {} has no image {}", repository, reference));
}

awaitable<http::Response> list_all_images(Context& context, http::Request& request) {
    warehouse::ImageQuery query{.search = text_query(request, "search"),
                                .repository = {},
                                .platform = platform_query(request),
                                .page = page_request(request, kImageSorts)};
    query.shows = co_await shown_to(context, request);
    auto page = co_await warehouse::list_images(context.warehouse, std::move(query));
    json::array items;
    for (const auto& image : page.entries) {
        json::object row{{"repository", image.repository}};
        add_image_row(row, image);
        items.push_back(std::move(row));
    }
    co_return page_reply(std::move(items), page.total, cursor_of(page.next));
}

awaitable<warehouse::StoredManifestPtr> get_stored(Context& context, std::string repository, std::string reference) {
    if (reference.find(':') != std::string::npos)
        oci::require_digest(reference);
    auto found = co_await context.warehouse.find_manifest(repository, reference);
    if (!found)
        throw_no_image(repository, reference);
    co_return found;
}

// nullopt when the repository does not hold it, which only a damaged warehouse shows.
awaitable<std::optional<std::string>> read_config(Context& context, std::string repository, oci::Manifest manifest) {
    if (!has_readable_config(manifest))
        co_return std::nullopt;
    auto blob = co_await context.warehouse.find_blob(repository, manifest.config()->digest);
    if (!blob || blob->size > oci::ImageConfig::max_bytes)
        co_return std::nullopt;
    content::ByteRange whole;
    auto reader = co_await context.warehouse.objects().open(blob->digest, whole);
    co_return co_await io::read_all(*reader, oci::ImageConfig::max_bytes);
}

awaitable<http::Response> get_image(Context& context, http::Request& request) {
    const auto& repository = registry::require_repository(request);
    const auto& reference = request.parameter("reference");
    auto stored = co_await get_stored(context, repository, reference);
    auto record = co_await warehouse::find_image(context.warehouse, repository, stored->digest);
    if (!record)
        throw_no_image(repository, reference);
    auto manifest = oci::require_manifest(*stored->bytes, stored->media_type, stored->digest.algorithm());
    auto config = co_await read_config(context, repository, manifest);
    json::object document{{"repository", repository}, {"reference", reference}};
    for (auto& member : image_document(manifest, config, record->image_sizes))
        document.insert(member);
    document["size"] = record->size;
    document["pushedAt"] = to_rfc3339(record->pushed_at);
    document["tags"] = texts_document(record->tags);
    co_return json_reply(200, document);
}

awaitable<http::Response> delete_image(Context& context, http::Request& request) {
    const auto& repository = registry::require_repository(request);
    const auto& reference = request.parameter("reference");
    if (reference.find(':') == std::string::npos)
        throw Error(ErrorKind::invalid_argument,
                    "an image is deleted by its digest, with all its tags; delete a tag under /-/tags/");
    auto digest = oci::require_digest(reference);
    auto deleted = co_await context.warehouse.delete_manifest(repository, digest, identity::actor_of(request));
    if (!deleted)
        throw_no_image(repository, reference);
    co_return no_content();
}

awaitable<http::Response> get_manifest(Context& context, http::Request& request) {
    auto stored = co_await get_stored(context, registry::require_repository(request), request.parameter("reference"));
    http::Response response;
    response.headers.set("Content-Type", stored->media_type);
    response.headers.set("Docker-Content-Digest", stored->digest_text);
    response.headers.set("Cache-Control", "private, no-cache");
    response.body = stored->bytes;
    co_return response;
}

awaitable<http::Response> list_referrers(Context& context, http::Request& request) {
    const auto& repository = registry::require_repository(request);
    auto subject = registry::require_digest_parameter(request);
    auto artifact_type = text_query(request, "artifactType");
    auto referrers = co_await context.warehouse.list_referrers(repository, subject, artifact_type);
    json::array items;
    for (const auto& referrer : referrers)
        items.push_back(json::object{{"digest", referrer.digest.to_string()},
                                     {"mediaType", referrer.media_type},
                                     {"artifactType", referrer.artifact_type},
                                     {"size", referrer.size},
                                     {"annotations", texts_document(referrer.annotations)}});
    co_return json_reply(200, json::object{{"items", std::move(items)}});
}

std::vector<Parameter> list_query_parameters() {
    return list_parameters({search_parameter("A part of repository:tag, without regard to case"),
                            {"platform", R"({"type":"string","examples":["linux/arm64"]})",
                             "Only images that run on it; without a variant, on any"},
                            sort_parameter(kImageSorts),
                            offset_parameter()});
}

} // namespace

std::vector<Endpoint> image_endpoints(Context& context) {
    auto list = [&context](http::Request& request) { return list_all_images(context, request); };
    auto get = [&context](http::Request& request) { return get_image(context, request); };
    auto remove = [&context](http::Request& request) { return delete_image(context, request); };
    auto manifest = [&context](http::Request& request) { return get_manifest(context, request); };
    auto referrers = [&context](http::Request& request) { return list_referrers(context, request); };
    std::vector<Parameter> referrers_query{
        {"artifactType", R"({"type":"string"})", "Only those of this type"},
    };
    constexpr auto image_path = "/api/v1/repositories/{name...}/-/images/{reference}";
    constexpr auto manifest_path = "/api/v1/repositories/{name...}/-/manifests/{reference}";
    constexpr auto referrers_path = "/api/v1/repositories/{name...}/-/referrers/{digest}";
    using http::Method;
    return {
        {.route = {Method::get, "/api/v1/images", "api.images.list", "catalog.read", list},
         .summary = "List the images of all repositories, one row a tag",
         .group = "images",
         .query = list_query_parameters(),
         .response = "ImageList"},
        {.route = {Method::get, image_path, "api.images.get", "image.pull", get},
         .summary = "Show an image, by tag or digest",
         .group = "images",
         .response = "ImageDetail"},
        {.route = {Method::delete_, image_path, "api.images.delete", "image.delete", remove},
         .summary = "Delete an image by its digest, and the tags on it",
         .group = "images",
         .status = 204},
        {.route = {Method::get, manifest_path, "api.manifests.get", "image.pull", manifest},
         .summary = "Get a manifest as it is stored, under its own media type, by tag or digest",
         .group = "images",
         .response_media = std::string(oci::media_type::oci_manifest)},
        {.route = {Method::get, referrers_path, "api.referrers.list", "image.pull", referrers},
         .summary = "List what refers to an image: signatures, SBOMs and the like",
         .group = "images",
         .query = std::move(referrers_query),
         .response = "ReferrerList"},
    };
}

} // namespace cang::api::v1
