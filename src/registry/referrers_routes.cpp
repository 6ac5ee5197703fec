// Referrers: end-12a and end-12b. A subject that is not there has an empty list: referrers may arrive before it.

#include "registry/operation.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace cang::registry {

namespace {

awaitable<http::Response> list_referrers(Context& context, http::Request& request) {
    const auto& repository = require_repository(request);
    auto subject = require_digest_parameter(request);
    auto artifact_type = request.query_value("artifactType").value_or("");
    auto referrers = co_await context.warehouse.list_referrers(repository, subject, artifact_type);
    boost::json::array manifests;
    for (const auto& referrer : referrers)
        manifests.emplace_back(oci::to_json(referrer));
    boost::json::object index{
        {"schemaVersion", 2}, {"mediaType", oci::media_type::oci_index}, {"manifests", std::move(manifests)}};
    auto response = http::json_response(200, boost::json::serialize(index));
    response.headers.set("Content-Type", std::string(oci::media_type::oci_index));
    if (!artifact_type.empty())
        response.headers.set("OCI-Filters-Applied", "artifactType");
    co_return response;
}

} // namespace

std::vector<http::Route> referrers_routes(Context& context) {
    return {{http::Method::get, "/v2/{name...}/referrers/{digest}", "registry.referrers", "image.pull",
             bind(context, list_referrers)}};
}

} // namespace cang::registry
