// Repositories: list and search, with the bytes they hold when asked for.

#include "api/v1/routes.hpp"
#include "registry/page.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace cang::api::v1 {

namespace {

constexpr std::size_t kMaxPage = 1'000;
constexpr std::size_t kMaxSearch = 255;

awaitable<http::Response> list_usage(Context& context, registry::Page page) {
    auto entries = co_await context.warehouse.usage_by_repository(page.last, page.limit + 1);
    auto more = entries.size() > page.limit;
    if (more)
        entries.resize(page.limit);
    boost::json::array list;
    for (const auto& entry : entries)
        list.push_back(boost::json::object{
            {"name", entry.name}, {"uniqueBytes", entry.unique_bytes}, {"sharedBytes", entry.shared_bytes}});
    boost::json::object document{{"repositories", std::move(list)}};
    if (more && !entries.empty())
        document["next"] = entries.back().name;
    co_return http::json_response(200, boost::json::serialize(document));
}

awaitable<http::Response> list_repositories(Context& context, http::Request& request) {
    auto page = registry::parse_page(request);
    page.limit = std::min(page.limit, kMaxPage);
    if (request.query_value("usage").value_or("false") == "true")
        co_return co_await list_usage(context, std::move(page));
    auto text = request.query_value("search").value_or("");
    if (text.size() > kMaxSearch)
        throw Error(ErrorKind::invalid_argument, "the search text is longer than any repository name");
    std::vector<warehouse::RepositoryEntry> entries;
    if (text.empty())
        entries = co_await context.warehouse.list_repositories(page.last, page.limit + 1);
    else
        entries = co_await context.warehouse.search(text, page.last, page.limit + 1);
    auto more = entries.size() > page.limit;
    if (more)
        entries.resize(page.limit);
    boost::json::array list;
    for (const auto& entry : entries)
        list.push_back(boost::json::object{{"name", entry.name},
                                           {"tags", entry.tags},
                                           {"manifests", entry.manifests},
                                           {"updatedAt", to_rfc3339(entry.updated_at)}});
    boost::json::object document{{"repositories", std::move(list)}};
    if (more && !entries.empty())
        document["next"] = entries.back().name;
    co_return http::json_response(200, boost::json::serialize(document));
}

} // namespace

std::vector<Endpoint> repository_endpoints(Context& context) {
    auto list = [&context](http::Request& request) { return list_repositories(context, request); };
    using http::Method;
    return {{.route = {Method::get, "/api/v1/repositories", "api.repositories.list", http::Access::admin, list},
             .summary = "List repositories",
             .group = "repositories",
             .response = "RepositoryList"}};
}

std::vector<Schema> repository_schemas() {
    return {{"RepositoryList", R"({"type":"object","required":["repositories"]})"}};
}

} // namespace cang::api::v1
