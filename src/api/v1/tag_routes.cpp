// Tags of one repository.

#include "api/v1/image_rows.hpp"
#include "api/v1/input.hpp"
#include "api/v1/routes.hpp"
#include "base/oci/reference.hpp"
#include "registry/operation.hpp"

#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

namespace json = boost::json;

awaitable<http::Response> list_tags(Context& context, http::Request& request) {
    const auto& repository = registry::require_repository(request);
    warehouse::ImageQuery query{.search = text_query(request, "search"),
                                .repository = repository,
                                .platform = {},
                                .page = page_request(request, kImageSorts)};
    auto known = co_await warehouse::find_repository(context.warehouse, repository);
    if (!known)
        throw Error(ErrorKind::not_found, fmt::format("there is no repository {}", repository));
    auto page = co_await warehouse::list_images(context.warehouse, std::move(query));
    json::array items;
    for (const auto& image : page.entries)
        add_image_row(items.emplace_back(json::object()).get_object(), image);
    co_return page_reply(std::move(items), page.total, cursor_of(page.next));
}

const std::string& require_tag(const http::Request& request) {
    const auto& tag = request.parameter("tag");
    if (!oci::is_valid_tag(tag))
        throw Error(ErrorKind::invalid_argument, "the tag is not valid: at most 128 letters, digits, '_', '.' and '-', "
                                                 "the first neither '.' nor '-'");
    return tag;
}

awaitable<http::Response> put_tag(Context& context, http::Request& request) {
    const auto& repository = registry::require_repository(request);
    const auto& tag = require_tag(request);
    auto body = co_await read_json(request);
    std::string text;
    read_fields(body, [&text](const oci::JsonScope& scope) { text = scope.required_text("digest"); });
    auto digest = oci::require_digest(text);
    auto done = co_await context.warehouse.tag_manifest(repository, digest, tag, identity::actor_of(request));
    if (!done)
        throw Error(ErrorKind::not_found, fmt::format("the repository {} has no image {}", repository, text));
    co_return json_reply(200, json::object{{"repository", repository}, {"tag", tag}, {"digest", text}});
}

awaitable<http::Response> delete_tag(Context& context, http::Request& request) {
    const auto& repository = registry::require_repository(request);
    const auto& tag = require_tag(request);
    auto deleted = co_await context.warehouse.delete_tag(repository, tag, identity::actor_of(request));
    if (!deleted)
        throw Error(ErrorKind::not_found, fmt::format("the repository {} has no tag {}", repository, tag));
    co_return no_content();
}

} // namespace

std::vector<Endpoint> tag_endpoints(Context& context) {
    auto list = [&context](http::Request& request) { return list_tags(context, request); };
    auto put = [&context](http::Request& request) { return put_tag(context, request); };
    auto remove = [&context](http::Request& request) { return delete_tag(context, request); };
    constexpr auto tags_path = "/api/v1/repositories/{name...}/-/tags";
    constexpr auto tag_path = "/api/v1/repositories/{name...}/-/tags/{tag}";
    using http::Method;
    return {
        {.route = {Method::get, tags_path, "api.tags.list", "image.pull", list},
         .summary = "List the tags of a repository",
         .group = "images",
         .query = list_parameters({search_parameter("A part of the tag, without regard to case"),
                                   sort_parameter(kImageSorts), offset_parameter()}),
         .response = "TagList"},
        {.route = {Method::put, tag_path, "api.tags.put", "image.push", put},
         .summary = "Point a tag at an image of the repository",
         .group = "images",
         .request = "TagTarget",
         .response = "Tagged"},
        {.route = {Method::delete_, tag_path, "api.tags.delete", "image.delete", remove},
         .summary = "Delete a tag; the image stays",
         .group = "images",
         .status = 204},
    };
}

} // namespace cang::api::v1
