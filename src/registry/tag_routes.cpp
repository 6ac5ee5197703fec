// Tags: end-8a and end-8b.

#include "registry/error_body.hpp"
#include "registry/operation.hpp"
#include "registry/page.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace cang::registry {

namespace {

awaitable<http::Response> list_tags(Context& context, http::Request& request) {
    const auto& repository = require_repository(request);
    auto page = parse_page(request);
    // One more than asked for tells whether there is a next page.
    auto tags = co_await context.warehouse.list_tags(repository, page.last, page.limit + 1);
    if (tags.empty()) {
        auto known = co_await context.warehouse.has_repository(repository);
        if (!known)
            co_return error_response(404, "NAME_UNKNOWN", fmt::format("there is no repository {}", repository));
    }
    boost::json::array names;
    for (std::size_t i = 0; i < std::min(tags.size(), page.limit); ++i)
        names.emplace_back(tags[i].tag);
    boost::json::object document{{"name", repository}, {"tags", std::move(names)}};
    auto response = http::json_response(200, boost::json::serialize(document));
    if (page.limit > 0 && tags.size() > page.limit)
        add_next_link(response, request, page, tags[page.limit - 1].tag);
    co_return response;
}

} // namespace

std::vector<http::Route> tag_routes(Context& context) {
    return {{http::Method::get, "/v2/{name...}/tags/list", "registry.tags", "image.pull", bind(context, list_tags)}};
}

} // namespace cang::registry
