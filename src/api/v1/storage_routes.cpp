// Use of space, how it went, and garbage collection.

#include "api/v1/idempotency.hpp"
#include "api/v1/input.hpp"
#include "api/v1/routes.hpp"
#include "image/places/warehouse/usage_history.hpp"
#include "registry/collection_operation.hpp"

namespace cang::api::v1 {

namespace {

constexpr std::uint64_t kMaxPoints = 1'000;
constexpr std::uint64_t kPoints = 200;

boost::json::object document_of(const warehouse::StorageUsage& usage) {
    return {{"objects", usage.objects},           {"bytes", usage.bytes}, {"logicalBytes", usage.logical_bytes},
            {"repositories", usage.repositories}, {"tags", usage.tags},   {"manifests", usage.manifests}};
}

awaitable<http::Response> get_storage(Context& context) {
    auto usage = co_await context.warehouse.usage();
    co_return json_reply(200, document_of(usage));
}

awaitable<http::Response> get_history(Context& context, http::Request& request) {
    auto from = time_query(request, "from");
    auto to = time_query(request, "to");
    auto points = number_query(request, "points", kMaxPoints).value_or(kPoints);
    auto history = co_await warehouse::list_usage_history(context.warehouse, from, to, points);
    boost::json::array items;
    for (const auto& sample : history) {
        auto item = document_of(sample.usage);
        item["at"] = to_rfc3339(sample.at);
        items.push_back(std::move(item));
    }
    co_return json_reply(200, boost::json::object{{"items", std::move(items)}});
}

awaitable<http::Response> post_collection(Context& context, http::Request& request) {
    warehouse::CollectOptions options{.dry_run = flag_query(request, "dryRun"),
                                      .untagged = flag_query(request, "untagged")};
    auto spec = registry::collection_spec(options, request.principal.name);
    spec.idempotency_key = idempotency_key(request);
    spec.actor = identity::actor_of(request);
    auto document = co_await registry::collect_and_wait(context.operations, std::move(spec));
    co_return json_reply(200, document);
}

} // namespace

std::vector<Endpoint> storage_endpoints(Context& context) {
    auto storage = [&context](http::Request&) { return get_storage(context); };
    auto history = [&context](http::Request& request) { return get_history(context, request); };
    auto collection = [&context](http::Request& request) { return post_collection(context, request); };
    std::vector<Parameter> collection_query{
        {"dryRun", R"({"type":"boolean","default":false})", "Only tell what would be freed"},
        {"untagged", R"({"type":"boolean","default":false})", "Manifests that no tag, index or subject reaches too"}};
    std::vector<Parameter> history_query{
        {"from", R"({"type":"string","format":"date-time"})", "30 days before to when absent"},
        {"to", R"({"type":"string","format":"date-time"})", "Now when absent"},
        {"points", R"({"type":"integer","minimum":1,"maximum":1000,"default":200})",
         "About how many samples at most; of those between, the last of each interval is taken"}};
    using http::Method;
    return {
        {.route = {Method::get, "/api/v1/storage", "api.storage.get", "storage.read", storage},
         .summary = "Tell how much is stored",
         .group = "storage",
         .response = "Storage"},
        {.route = {Method::get, "/api/v1/storage/history", "api.storage.history", "storage.read", history},
         .summary = "Tell how much was stored when, by samples taken every hour",
         .group = "storage",
         .query = std::move(history_query),
         .response = "StorageHistory"},
        {.route = {Method::post, "/api/v1/gc", "api.gc.post", "storage.collect", collection},
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
        {"StorageHistory", R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{
"type":"object","required":["at","objects","bytes","logicalBytes","repositories","tags","manifests"],"properties":{
"at":{"type":"string","format":"date-time"},"objects":{"type":"integer"},"bytes":{"type":"integer"},
"logicalBytes":{"type":"integer"},"repositories":{"type":"integer"},"tags":{"type":"integer"},
"manifests":{"type":"integer"}}}}}})"},
        {"Collection", R"({"type":"object","required":["dryRun","manifests","objects","bytes","uploads"],"properties":{
"dryRun":{"type":"boolean"},"manifests":{"type":"integer"},"objects":{"type":"integer"},
"bytes":{"type":"integer"},"uploads":{"type":"integer"}}})"},
    };
}

} // namespace cang::api::v1
