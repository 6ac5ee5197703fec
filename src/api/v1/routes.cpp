#include "api/v1/routes.hpp"

#include "base/error_kind.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace cang::api::v1 {

void add_routes(http::Router& router, Context& context) {
    router.add(storage_routes(context));
    router.add(repository_routes(context));
    router.add(operation_routes(context));
}

http::Response error_response(const Error& error) {
    const auto& row = error_kind_row(error.kind());
    std::string_view message = error.message();
    if (error.kind() == ErrorKind::internal)
        message = "internal error; the server's log tells more under this request's id";
    boost::json::object body{{"kind", row.name}, {"code", error.code()}, {"message", message}};
    boost::json::object document{{"error", std::move(body)}};
    auto response = http::json_response(row.http_status, boost::json::serialize(document));
    if (auto delay = error.retry_after())
        response.headers.set("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(*delay).count()));
    return response;
}

} // namespace cang::api::v1
