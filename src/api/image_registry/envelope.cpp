#include "api/image_registry/envelope.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>

namespace cang::api::image_registry {

namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 7> kPrefixes{"/base/",        "/user/",        "/jwt/",     "/imageRegistry/",
                                                    "/computeNode/", "/productSpec/", "/instance/"};

http::Response reply(int status, int code, json::value data, std::string_view message) {
    json::object document{{"code", code}, {"data", std::move(data)}, {"msg", message}};
    auto response = http::json_response(status, json::serialize(document));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

} // namespace

http::Response success(json::value data, std::string_view message) { return reply(200, 0, std::move(data), message); }

http::Response failure(std::string_view message) { return reply(200, 7, json::object(), message); }

http::Response refusal(int status) {
    if (status == 401)
        return reply(401, 7, nullptr, "未登录或非法访问");
    return failure("权限不足");
}

bool is_path(std::string_view path) {
    if (path.starts_with("/api/"))
        path.remove_prefix(4);
    return std::ranges::any_of(kPrefixes, [path](std::string_view prefix) { return path.starts_with(prefix); });
}

} // namespace cang::api::image_registry
