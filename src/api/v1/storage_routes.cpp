// Use of space and garbage collection.

#include "api/v1/routes.hpp"
#include "registry/collection_operation.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace cang::api::v1 {

namespace {

bool is_true(const http::Request& request, std::string_view name) {
    auto value = request.query_value(name);
    if (!value || *value == "false" || *value == "0")
        return false;
    if (*value == "true" || *value == "1" || value->empty())
        return true;
    throw Error(ErrorKind::invalid_argument, std::string(name) + " must be true or false");
}

awaitable<http::Response> get_storage(Context& context) {
    auto usage = co_await context.warehouse.usage();
    boost::json::object document{
        {"objects", usage.objects},           {"bytes", usage.bytes}, {"logicalBytes", usage.logical_bytes},
        {"repositories", usage.repositories}, {"tags", usage.tags},   {"manifests", usage.manifests}};
    co_return http::json_response(200, boost::json::serialize(document));
}

awaitable<http::Response> post_collection(Context& context, http::Request& request) {
    warehouse::CollectOptions options{.dry_run = is_true(request, "dryRun"), .untagged = is_true(request, "untagged")};
    auto spec = registry::collection_spec(options, request.principal.name);
    auto document = co_await registry::collect_and_wait(context.operations, std::move(spec));
    co_return http::json_response(200, boost::json::serialize(document));
}

} // namespace

std::vector<http::Route> storage_routes(Context& context) {
    auto storage = [&context](http::Request&) { return get_storage(context); };
    auto collection = [&context](http::Request& request) { return post_collection(context, request); };
    return {
        {http::Method::get, "/api/v1/storage", "api.storage.get", http::Access::admin, storage},
        {http::Method::post, "/api/v1/gc", "api.gc.post", http::Access::admin, collection},
    };
}

} // namespace cang::api::v1
