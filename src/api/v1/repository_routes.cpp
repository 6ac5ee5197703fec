// Repositories: the list, one of them with the bytes it holds, removal.

#include "api/v1/image_rows.hpp"
#include "api/v1/input.hpp"
#include "api/v1/list_query.hpp"
#include "api/v1/person.hpp"
#include "api/v1/routes.hpp"
#include "registry/operation.hpp"

#include <array>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

constexpr std::array<SortChoice, 3> kSorts{SortChoice{"name", warehouse::Sort::name},
                                           SortChoice{"updatedAt", warehouse::Sort::updated_at},
                                           SortChoice{"tags", warehouse::Sort::tags}};

boost::json::object document_of(const warehouse::RepositoryEntry& repository) {
    return {{"name", repository.name},
            {"tags", repository.tags},
            {"manifests", repository.manifests},
            {"updatedAt", to_rfc3339(repository.updated_at)}};
}

void add_usage(boost::json::object& document, const warehouse::RepositoryUsage& usage) {
    document["uniqueBytes"] = usage.unique_bytes;
    document["sharedBytes"] = usage.shared_bytes;
}

awaitable<http::Response> list_repositories(Context& context, http::Request& request) {
    warehouse::RepositoryQuery query{.search = text_query(request, "search"), .page = page_request(request, kSorts)};
    query.shows = co_await shown_to(context, request);
    auto with_usage = flag_query(request, "usage");
    auto page = co_await warehouse::list_repositories(context.warehouse, std::move(query));
    std::vector<warehouse::RepositoryUsage> usages;
    if (with_usage) {
        std::vector<std::string> names;
        for (const auto& repository : page.entries)
            names.push_back(repository.name);
        usages = co_await context.warehouse.usage_of(std::move(names));
    }
    boost::json::array items;
    for (std::size_t i = 0; i < page.entries.size(); ++i) {
        auto document = document_of(page.entries[i]);
        if (with_usage)
            add_usage(document, usages[i]);
        items.push_back(std::move(document));
    }
    co_return page_reply(std::move(items), page.total, cursor_of(page.next));
}

[[noreturn]] void throw_no_repository(const std::string& name) {
    throw Error(ErrorKind::not_found, fmt::format("there is no repository {}", name));
}

awaitable<http::Response> get_repository(Context& context, http::Request& request) {
    const auto& name = registry::require_repository(request);
    auto repository = co_await warehouse::find_repository(context.warehouse, name);
    if (!repository)
        throw_no_repository(name);
    std::vector<std::string> names{name};
    auto usages = co_await context.warehouse.usage_of(std::move(names));
    auto document = document_of(*repository);
    add_usage(document, usages.front());
    auto ownership = co_await context.identity.projects.find_ownership(name);
    if (ownership) {
        document["private"] = ownership->is_private;
        document["createdBy"] = ownership->created_by;
    }
    co_return json_reply(200, document);
}

awaitable<http::Response> put_repository(Context& context, http::Request& request) {
    const auto& name = registry::require_repository(request);
    auto body = co_await read_json(request);
    auto is_private = optional_flag(body, "private");
    if (!is_private)
        throw Error(ErrorKind::invalid_argument, "private: is missing");
    co_await context.identity.projects.set_private(name, *is_private, identity::actor_of(request));
    co_return co_await get_repository(context, request);
}

awaitable<http::Response> delete_repository(Context& context, http::Request& request) {
    const auto& name = registry::require_repository(request);
    auto deleted = co_await context.warehouse.delete_repository(name, identity::actor_of(request));
    if (!deleted)
        throw_no_repository(name);
    co_return no_content();
}

} // namespace

std::vector<Endpoint> repository_endpoints(Context& context) {
    auto list = [&context](http::Request& request) { return list_repositories(context, request); };
    auto get = [&context](http::Request& request) { return get_repository(context, request); };
    auto put = [&context](http::Request& request) { return put_repository(context, request); };
    auto remove = [&context](http::Request& request) { return delete_repository(context, request); };
    auto list_query =
        list_parameters({search_parameter("A part of the name"),
                         sort_parameter(kSorts),
                         {"usage", R"({"type":"boolean","default":false})", "Tell the bytes that each one holds"},
                         offset_parameter()});
    constexpr auto path = "/api/v1/repositories/{name...}";
    using http::Method;
    return {
        {.route = {Method::get, "/api/v1/repositories", "api.repositories.list", "catalog.read", list},
         .summary = "List repositories",
         .group = "repositories",
         .query = std::move(list_query),
         .response = "RepositoryList"},
        {.route = {Method::get, path, "api.repositories.get", "image.pull", get},
         .summary = "Show a repository",
         .group = "repositories",
         .response = "Repository"},
        {.route = {Method::put, path, "api.repositories.put", "repository.update", put},
         .summary = "Make a repository private to its creator and the administrators, or not",
         .group = "repositories",
         .request = "RepositorySettings",
         .response = "Repository"},
        {.route = {Method::delete_, path, "api.repositories.delete", "image.delete", remove},
         .summary = "Delete a repository with everything in it",
         .group = "repositories",
         .status = 204},
    };
}

std::vector<Schema> repository_schemas() {
    return {
        {"Repository", R"({"type":"object","required":["name","tags","manifests","updatedAt"],"properties":{
"name":{"type":"string"},"tags":{"type":"integer"},"manifests":{"type":"integer"},
"updatedAt":{"type":"string","format":"date-time"},
"private":{"type":"boolean","description":"Only its creator and administrators see it"},"createdBy":{"type":"string"},
"uniqueBytes":{"type":"integer","description":"Bytes that no other repository holds"},
"sharedBytes":{"type":"integer","description":"Bytes that other repositories hold too"}}})"},
        page_schema("RepositoryList", "Repository"),
        {"RepositorySettings",
         R"({"type":"object","required":["private"],"properties":{"private":{"type":"boolean"}}})"},
    };
}

} // namespace cang::api::v1
