#include "registry/operation.hpp"

namespace cang::registry {

namespace {

awaitable<http::Response> get_base(Context&, http::Request&) {
    auto response = http::json_response(200, "{}");
    response.headers.set("Docker-Distribution-Api-Version", "registry/2.0");
    co_return response;
}

} // namespace

std::vector<http::Route> base_routes(Context& context) {
    using enum http::Method;
    return {
        {get, "/v2/", "registry.base", "registry.sign-in", bind(context, get_base)},
        {head, "/v2/", "registry.base.head", "registry.sign-in", bind(context, get_base)},
        {get, "/v2", "registry.base.bare", "registry.sign-in", bind(context, get_base)},
    };
}

} // namespace cang::registry
