// The list of repositories, which the OCI specification leaves out and every client knows (Docker Registry HTTP API
// V2).

#include "registry/operation.hpp"
#include "registry/page.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace cang::registry {

namespace {

awaitable<http::Response> list_catalog(Context& context, http::Request& request) {
    auto page = parse_page(request);
    auto repositories = co_await context.warehouse.list_repositories(page.last, page.limit + 1);
    boost::json::array names;
    for (std::size_t i = 0; i < std::min(repositories.size(), page.limit); ++i)
        names.emplace_back(repositories[i].name);
    boost::json::object document{{"repositories", std::move(names)}};
    auto response = http::json_response(200, boost::json::serialize(document));
    if (page.limit > 0 && repositories.size() > page.limit)
        add_next_link(response, request, page, repositories[page.limit - 1].name);
    co_return response;
}

} // namespace

std::vector<http::Route> catalog_routes(Context& context) {
    return {{http::Method::get, "/v2/_catalog", "registry.catalog", "catalog.list", bind(context, list_catalog)}};
}

} // namespace cang::registry
