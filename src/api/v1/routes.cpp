#include "api/v1/routes.hpp"

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
    append(all, storage_endpoints(context));
    append(all, repository_endpoints(context));
    append(all, operation_endpoints(context));
    append(all, copy_endpoints(context));
    append(all, sync_endpoints(context));
    append(all, upload_endpoints(context));
    append(all, import_endpoints(context));
    append(all, export_endpoints(context));
    return all;
}

std::vector<Schema> all_schemas() {
    std::vector<Schema> all;
    append(all, storage_schemas());
    append(all, repository_schemas());
    append(all, operation_schemas());
    append(all, copy_schemas());
    append(all, sync_schemas());
    append(all, upload_schemas());
    append(all, import_schemas());
    append(all, export_schemas());
    return all;
}

void add_routes(http::Router& router, Context& context) {
    std::vector<http::Route> routes;
    for (auto& endpoint : all_endpoints(context))
        routes.push_back(std::move(endpoint.route));
    router.add(std::move(routes));
}

} // namespace cang::api::v1
