#include "api/v1/routes.hpp"

#include "api/v1/idempotency.hpp"
#include "image/places/warehouse/database.hpp"

#include <iterator>

namespace cang::api::v1 {

namespace {

template <typename Row>
void append(std::vector<Row>& all, std::vector<Row> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

} // namespace

std::vector<Endpoint> all_endpoints(Context& context) {
    std::vector<Endpoint> all;
    append(all, session_endpoints(context));
    append(all, oidc_endpoints(context));
    append(all, storage_endpoints(context));
    append(all, repository_endpoints(context));
    append(all, image_endpoints(context));
    append(all, tag_endpoints(context));
    append(all, diff_endpoints(context));
    append(all, system_endpoints(context));
    append(all, settings_endpoints(context));
    append(all, operation_endpoints(context));
    append(all, registry_endpoints(context));
    append(all, copy_endpoints(context));
    append(all, sync_endpoints(context));
    append(all, upload_endpoints(context));
    append(all, import_endpoints(context));
    append(all, export_endpoints(context));
    append(all, user_endpoints(context));
    append(all, account_endpoints(context));
    append(all, project_endpoints(context));
    append(all, robot_endpoints(context));
    append(all, audit_endpoints(context));
    append(all, permission_endpoints());
    auto documentation = std::make_shared<Documentation>();
    append(all, documentation_endpoints(documentation));
    *documentation = document(all, all_schemas());
    return all;
}

std::vector<Schema> all_schemas() {
    std::vector<Schema> all;
    append(all, session_schemas());
    append(all, storage_schemas());
    append(all, repository_schemas());
    append(all, image_schemas());
    append(all, tag_schemas());
    append(all, diff_schemas());
    append(all, system_schemas());
    append(all, settings_schemas());
    append(all, operation_schemas());
    append(all, registry_schemas());
    append(all, documentation_schemas());
    append(all, copy_schemas());
    append(all, sync_schemas());
    append(all, upload_schemas());
    append(all, import_schemas());
    append(all, export_schemas());
    append(all, user_schemas());
    append(all, account_schemas());
    append(all, project_schemas());
    append(all, robot_schemas());
    append(all, audit_schemas());
    append(all, permission_schemas());
    return all;
}

void add_routes(http::Router& router, Context& context) {
    auto idempotency =
        std::make_shared<Idempotency>(warehouse::database_of(context.warehouse), context.clock, context.key);
    std::vector<http::Route> routes;
    for (auto& endpoint : all_endpoints(context)) {
        auto& route = endpoint.route;
        // A key belongs to somebody, so who is not signed in has none.
        if (route.method == http::Method::post && route.permission != "public" && !endpoint.shows_secret)
            route.handle = [idempotency, handle = idempotency->protect(route)](http::Request& request) {
                return handle(request);
            };
        routes.push_back(std::move(route));
    }
    router.add(std::move(routes));
}

} // namespace cang::api::v1
