// Syncs of many images by a configuration.

#include "api/v1/input.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/start_operation.hpp"
#include "transfer/sync_operation.hpp"

namespace cang::api::v1 {

namespace {

awaitable<http::Response> post_sync(Context& context, http::Request& request) {
    auto body = co_await read_json(request);
    transfer::SyncRequest wanted;
    read_fields(body, [&](const oci::JsonScope& fields) { wanted = transfer::SyncRequest::read(fields); });
    // Which images a sync is about only the run finds out, by the roles of who started it: a token with less would get
    // more than it has.
    if (identity::caller_of(request).scopes)
        throw Error(ErrorKind::permission_denied, "a token with scopes and a robot start copies, not syncs");
    co_return co_await start_operation(context.operations, request, transfer::sync_spec(wanted));
}

} // namespace

std::vector<Endpoint> sync_endpoints(Context& context) {
    auto start = [&context](http::Request& request) { return post_sync(context, request); };
    using http::Method;
    return {{.route = {Method::post, "/api/v1/syncs", "api.syncs.start", "operation.start", start},
             .summary = "Start a sync of images by patterns",
             .group = "transfers",
             .request = "SyncRequest",
             .status = 202,
             .response = "Operation"}};
}

std::vector<Schema> sync_schemas() {
    return {{"SyncRequest", R"({"type":"object","required":["config"],"properties":{
"config":{"type":"string","description":"The YAML of cang sync, without the section registries"},
"dryRun":{"type":"boolean","default":false,"description":"Only tell what would be copied"}}})"}};
}

} // namespace cang::api::v1
