// Request targets: splitting, routing and decoding of paths and queries never fail but by saying so, and what a route
// is given holds nothing that could mean another path.
#include "base/error.hpp"
#include "http/request_target.hpp"
#include "http/router.hpp"

#include <cstdlib>

namespace {

using namespace cang;
using namespace cang::http;

Router make_router() {
    Router router;
    auto route = [](Method method, const char* pattern, const char* name) {
        return Route{.method = method, .pattern = pattern, .name = name, .handle = {}};
    };
    router.add({route(Method::get, "/v2/", "base"), route(Method::get, "/v2/_catalog", "catalog"),
                route(Method::get, "/v2/{name...}/tags/list", "tags"),
                route(Method::get, "/v2/{name...}/manifests/{reference}", "manifest"),
                route(Method::get, "/v2/{name...}/blobs/{digest}", "blob"),
                route(Method::get, "/v2/{name...}/blobs/uploads/{id}", "upload"),
                route(Method::get, "/api/v1/{noun}/{id}", "api"), route(Method::get, "/{rest...}", "rest")});
    return router;
}

void check_parameter(const std::string& value) {
    bool bad = value.empty() || value == "." || value == ".." || value.find('\\') != std::string::npos ||
               value.find("/../") != std::string::npos || value.find("//") != std::string::npos ||
               value.starts_with("../") || value.ends_with("/..");
    for (unsigned char c : value)
        bad = bad || c < 0x20 || c == 0x7f;
    if (bad)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const Router router = make_router();
    std::string text(reinterpret_cast<const char*>(bytes), size);
    Request request;
    request.target = text;
    auto target = split_target(text);
    if (!target)
        return 0;
    request.path = target->path;
    request.query = target->query;
    try {
        auto match = router.match(request);
        for (const auto& [name, value] : request.parameters)
            if (match.route)
                check_parameter(value);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::invalid_argument)
            std::abort();
    }
    for (const char* name : {"n", "last", "digest"})
        if (auto values = find_query_values(request.query, name, 8); values && values->size() > 8)
            std::abort();
    return 0;
}
