// Remote registries: kept, tested, and looked into.

#include "api/v1/input.hpp"
#include "api/v1/registry_input.hpp"
#include "api/v1/remote_image.hpp"
#include "api/v1/routes.hpp"
#include "transfer/registry_browser.hpp"

namespace cang::api::v1 {

namespace {

constexpr std::size_t kMaxSearch = 255;

boost::json::object document_of(const transfer::RemoteRegistry& registry) {
    boost::json::object document{{"id", registry.id},
                                 {"name", registry.name},
                                 {"url", registry.address.url()},
                                 {"host", registry.address.host},
                                 {"plainHttp", registry.address.plain_http},
                                 {"hasPassword", registry.has_password},
                                 {"tlsVerify", registry.tls_verify},
                                 {"hasCaCertificate", registry.has_ca_certificate},
                                 {"createdAt", to_rfc3339(registry.created_at)},
                                 {"updatedAt", to_rfc3339(registry.updated_at)}};
    if (!registry.user.empty())
        document["user"] = registry.user;
    if (!registry.last_test.empty())
        document["lastTest"] = registry.last_test;
    return document;
}

awaitable<http::Response> list_registries(Context& context, http::Request& request) {
    auto wanted = page_query(request);
    transfer::RegistryQuery query{
        .search = text_query(request, "search", kMaxSearch), .cursor = std::move(wanted.cursor), .limit = wanted.limit};
    auto page = co_await context.registries.list(std::move(query));
    boost::json::array items;
    for (const auto& registry : page.registries)
        items.push_back(document_of(registry));
    co_return page_reply(std::move(items), page.total, std::move(page.next));
}

awaitable<http::Response> create_registry(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    auto registry = co_await context.registries.create(parse_registry_settings(body), identity::actor_of(request));
    co_return created_reply("/api/v1/registries/" + registry.id, document_of(registry));
}

awaitable<http::Response> get_registry(Context& context, http::Request& request) {
    auto registry = co_await context.registries.get(request.parameter("id"));
    co_return json_reply(200, document_of(registry));
}

awaitable<http::Response> put_registry(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    auto registry = co_await context.registries.update(request.parameter("id"), parse_registry_settings(body),
                                                       identity::actor_of(request));
    co_return json_reply(200, document_of(registry));
}

awaitable<http::Response> delete_registry(Context& context, http::Request& request) {
    co_await context.registries.remove(request.parameter("id"), identity::actor_of(request));
    co_return no_content();
}

awaitable<http::Response> test_registry(Context& context, http::Request& request) {
    auto diagnosis = co_await context.registries.test(request.parameter("id"));
    co_return json_reply(200, transfer::document_of(diagnosis));
}

awaitable<http::Response> test_settings(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    auto settings = parse_registry_settings(body);
    std::string id;
    read_fields(body, [&id](const oci::JsonScope& scope) { id = scope.text("id"); });
    auto diagnosis = co_await context.registries.test(std::move(settings), std::move(id));
    co_return json_reply(200, transfer::document_of(diagnosis));
}

awaitable<transfer::RegistryBrowser> open_browser(Context& context, std::string id) {
    auto executor = co_await asio::this_coro::executor;
    auto access = co_await context.registries.get_access(std::move(id));
    co_return transfer::RegistryBrowser(executor, std::move(access));
}

distribution::NameQuery name_query(const http::Request& request) {
    auto page = page_query(request);
    return {.search = text_query(request, "search", kMaxSearch), .cursor = std::move(page.cursor), .limit = page.limit};
}

// How many there are in all, a registry does not tell.
http::Response names_reply(const distribution::NamePage& page, std::string_view member) {
    boost::json::array items;
    for (const auto& name : page.names)
        items.push_back(boost::json::object{{member, name}});
    boost::json::object document{{"items", std::move(items)}};
    if (!page.next.empty())
        document["next"] = page.next;
    return json_reply(200, document);
}

awaitable<http::Response> list_remote_repositories(Context& context, http::Request& request) {
    auto query = name_query(request);
    auto browser = co_await open_browser(context, request.parameter("id"));
    auto page = co_await browser.list_repositories(std::move(query));
    co_return names_reply(page, "name");
}

awaitable<http::Response> list_remote_tags(Context& context, http::Request& request) {
    auto query = name_query(request);
    auto browser = co_await open_browser(context, request.parameter("id"));
    auto page = co_await browser.list_tags(request.parameter("name"), std::move(query));
    co_return names_reply(page, "tag");
}

awaitable<http::Response> get_remote_image(Context& context, http::Request& request) {
    auto browser = co_await open_browser(context, request.parameter("id"));
    auto repository = browser.repository_of(request.parameter("name"));
    boost::json::object document;
    auto read = [&](std::shared_ptr<distribution::RegistryClient> client) -> awaitable<void> {
        document = co_await remote_image(client, repository, request.parameter("reference"));
    };
    co_await browser.visit(read);
    co_return json_reply(200, document);
}

using Handle = awaitable<http::Response> (*)(Context&, http::Request&);
constexpr auto kGroup = "registries";

http::Route row(Context& context, http::Method method, std::string path, std::string name, Handle handle,
                std::string_view permission) {
    auto bound = [&context, handle](http::Request& request) { return handle(context, request); };
    return {method, "/api/v1/registries" + path, "api.registries." + name, permission, bound};
}

std::vector<Endpoint> stored_endpoints(Context& context) {
    using http::Method;
    auto list_query = page_parameters();
    list_query.push_back({"search", R"({"type":"string"})", "A part of the name or the host"});
    return {
        {.route = row(context, Method::get, "", "list", list_registries, "registry.read"),
         .summary = "List remote registries",
         .group = kGroup,
         .query = std::move(list_query),
         .response = "RegistryPage"},
        {.route = row(context, Method::post, "", "create", create_registry, "registry.manage"),
         .summary = "Add a remote registry",
         .group = kGroup,
         .request = "RegistrySettings",
         .status = 201,
         .response = "Registry"},
        {.route = row(context, Method::get, "/{id}", "get", get_registry, "registry.read"),
         .summary = "Get a remote registry",
         .group = kGroup,
         .response = "Registry"},
        {.route = row(context, Method::put, "/{id}", "put", put_registry, "registry.manage"),
         .summary = "Change a remote registry",
         .group = kGroup,
         .request = "RegistrySettings",
         .response = "Registry"},
        {.route = row(context, Method::delete_, "/{id}", "delete", delete_registry, "registry.manage"),
         .summary = "Forget a remote registry",
         .group = kGroup,
         .status = 204},
        {.route = row(context, Method::post, "/{id}/test", "test", test_registry, "registry.manage"),
         .summary = "Tell what is wrong with a remote registry, step by step",
         .group = kGroup,
         .response = "RegistryTest"},
        {.route = row(context, Method::post, "/test", "test_settings", test_settings, "registry.manage"),
         .summary = "Test a remote registry before it is added or changed",
         .group = kGroup,
         .request = "RegistryTestSettings",
         .response = "RegistryTest"},
    };
}

std::vector<Endpoint> browse_endpoints(Context& context) {
    using http::Method;
    auto query = page_parameters();
    query.push_back({"search", R"({"type":"string"})", "A part of the name"});
    return {
        {.route = row(context, Method::get, "/{id}/repositories", "repositories", list_remote_repositories,
                      "registry.browse"),
         .summary = "List the repositories of a remote registry",
         .group = kGroup,
         .query = query,
         .response = "RemoteRepositoryList"},
        {.route = row(context, Method::get, "/{id}/repositories/{name...}/-/tags", "tags", list_remote_tags,
                      "registry.browse"),
         .summary = "List the tags of a repository of a remote registry",
         .group = kGroup,
         .query = query,
         .response = "RemoteTagList"},
        {.route = row(context, Method::get, "/{id}/repositories/{name...}/-/images/{reference}", "image",
                      get_remote_image, "registry.browse"),
         .summary = "Show an image of a remote registry, by tag or digest",
         .group = kGroup,
         .response = "ImageDetail"},
    };
}

} // namespace

std::vector<Endpoint> registry_endpoints(Context& context) {
    auto endpoints = stored_endpoints(context);
    std::ranges::move(browse_endpoints(context), std::back_inserter(endpoints));
    return endpoints;
}

} // namespace cang::api::v1
