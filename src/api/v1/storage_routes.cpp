// Use of space and garbage collection.

#include "api/v1/idempotency.hpp"
#include "api/v1/input.hpp"
#include "api/v1/routes.hpp"
#include "registry/collection_operation.hpp"

namespace cang::api::v1 {

namespace {

awaitable<http::Response> get_storage(Context& context) {
    auto usage = co_await context.warehouse.usage();
    boost::json::object document{
        {"objects", usage.objects},           {"bytes", usage.bytes}, {"logicalBytes", usage.logical_bytes},
        {"repositories", usage.repositories}, {"tags", usage.tags},   {"manifests", usage.manifests}};
    co_return json_reply(200, document);
}

awaitable<http::Response> post_collection(Context& context, http::Request& request) {
    warehouse::CollectOptions options{.dry_run = flag_query(request, "dryRun"),
                                      .untagged = flag_query(request, "untagged")};
    auto spec = registry::collection_spec(options, request.principal.name);
    spec.idempotency_key = idempotency_key(request);
    auto document = co_await registry::collect_and_wait(context.operations, std::move(spec));
    co_return json_reply(200, document);
}

} // namespace

std::vector<Endpoint> storage_endpoints(Context& context) {
    auto storage = [&context](http::Request&) { return get_storage(context); };
    auto collection = [&context](http::Request& request) { return post_collection(context, request); };
    std::vector<Parameter> collection_query{
        {"dryRun", R"({"type":"boolean","default":false})", "Only tell what would be freed"},
        {"untagged", R"({"type":"boolean","default":false})", "Manifests that no tag, index or subject reaches too"}};
    using http::Access;
    using http::Method;
    return {
        {.route = {Method::get, "/api/v1/storage", "api.storage.get", Access::admin, storage},
         .summary = "Tell how much is stored",
         .group = "storage",
         .response = "Storage"},
        {.route = {Method::post, "/api/v1/gc", "api.gc.post", Access::admin, collection},
         .summary = "Collect garbage and wait for the end",
         .group = "storage",
         .query = std::move(collection_query),
         .response = "Collection"},
    };
}

std::vector<Schema> storage_schemas() {
    return {
        {"Storage", R"({"type":"object",
"required":["objects","bytes","logicalBytes","repositories","tags","manifests"],"properties":{
"objects":{"type":"integer"},"bytes":{"type":"integer","description":"Every object once"},
"logicalBytes":{"type":"integer","description":"As if no repository shared any"},
"repositories":{"type":"integer"},"tags":{"type":"integer"},"manifests":{"type":"integer"}}})"},
        {"Collection", R"({"type":"object","required":["dryRun","manifests","objects","bytes","uploads"],"properties":{
"dryRun":{"type":"boolean"},"manifests":{"type":"integer"},"objects":{"type":"integer"},
"bytes":{"type":"integer"},"uploads":{"type":"integer"}}})"},
    };
}

} // namespace cang::api::v1
