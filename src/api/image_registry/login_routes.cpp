#include "api/image_registry/login_routes.hpp"

#include "api/image_registry/envelope.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace cang::api::image_registry {

namespace {

namespace json = boost::json;

constexpr std::size_t kMaxBody = 64 * 1024;
constexpr std::chrono::hours kLife{7 * 24};
constexpr std::chrono::hours kBuffer{24};
constexpr int kAdministrator = 888;
constexpr int kUser = 8881;

std::int64_t millis(Timestamp time) { return time.time_since_epoch().count(); }

json::object authority_of(bool admin) {
    return {{"authorityId", admin ? kAdministrator : kUser},
            {"authorityName", admin ? "管理员" : "普通用户"},
            {"parentId", 0},
            {"defaultRouter", "dashboard"}};
}

json::object user_document(const identity::User& user) {
    auto authority = authority_of(user.admin);
    return {{"ID", user.row},
            {"CreatedAt", to_rfc3339(user.created_at)},
            {"UpdatedAt", to_rfc3339(user.updated_at)},
            {"uuid", user.id},
            {"userName", user.name},
            {"nickName", user.display_name},
            {"headerImg", ""},
            {"authorityId", authority.at("authorityId")},
            {"authorities", json::array{authority}},
            {"authority", authority},
            {"phone", ""},
            {"email", user.email},
            {"enable", user.disabled ? 2 : 1},
            {"originSetting", nullptr}};
}

std::string text_of(const json::object& body, std::string_view name) {
    const auto* value = body.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

awaitable<http::Response> login(LoginContext& context, http::Request& request) {
    auto bytes = co_await io::read_all(*request.body, kMaxBody);
    boost::system::error_code failed;
    auto body = json::parse(bytes, failed);
    if (failed || !body.is_object())
        co_return failure("请求参数错误");
    auto name = text_of(body.get_object(), "username");
    registry::auth::BasicCredentials credentials{.user = name,
                                                 .password = Secret(text_of(body.get_object(), "password"))};
    auto opened = co_await context.access.open_session(request, std::move(credentials), "x-token", kLife);
    if (!opened)
        co_return failure("用户名不存在或者密码错误");
    identity::set_caller(request, opened->caller);
    auto user = co_await context.identity.users.get(opened->caller->user_id);
    json::object data{{"user", user_document(user)}, {"token", opened->token}, {"expiresAt", millis(opened->expires)}};
    co_return success(std::move(data), "登录成功");
}

awaitable<http::Response> captcha(LoginContext&, http::Request&) {
    json::object data{{"captchaId", ""}, {"picPath", ""}, {"captchaLength", 0}, {"openCaptcha", false}};
    co_return success(std::move(data), "验证码获取成功");
}

awaitable<http::Response> user_info(LoginContext& context, http::Request& request) {
    const auto& caller = identity::caller_of(request);
    if (caller.user_id.empty())
        co_return refusal(401);
    auto user = co_await context.identity.users.get(caller.user_id);
    co_return success(json::object{{"userInfo", user_document(user)}}, "获取成功");
}

awaitable<http::Response> sign_out(LoginContext& context, http::Request& request) {
    const auto& caller = identity::caller_of(request);
    if (!caller.session.empty())
        co_await context.identity.sessions.end(caller.user, caller.session, identity::actor_of(request));
    co_return success(json::object(), "jwt作废成功");
}

// Hands out another token when the one that came ends soon.
awaitable<http::Response> renewing(LoginContext& context, http::Request& request, const http::Handler& handle) {
    auto response = co_await handle(request);
    auto end = context.access.session_end(request);
    const auto& caller = identity::caller_of(request);
    if (!end || caller.session.empty() || *end - context.clock.now() > kBuffer || request.header("x-token").empty())
        co_return response;
    auto user = co_await context.identity.users.get(caller.user_id);
    auto opened = co_await context.access.open_session_for(request, std::move(user), "x-token", "x-token", kLife);
    response.headers.set("new-token", opened.token);
    response.headers.set("new-expires-at", std::to_string(millis(opened.expires)));
    co_return response;
}

} // namespace

std::vector<http::Route> login_routes(LoginContext& context) {
    using Handle = awaitable<http::Response> (*)(LoginContext&, http::Request&);
    struct Row {
        http::Method method;
        const char* path;
        const char* name;
        std::string_view permission;
        Handle handle;
    };
    static constexpr Row rows[] = {
        {http::Method::post, "/base/login", "login", "public", login},
        {http::Method::post, "/base/captcha", "captcha", "public", captcha},
        {http::Method::get, "/user/getUserInfo", "user", "account.self", user_info},
        {http::Method::post, "/jwt/jsonInBlacklist", "logout", "account.self", sign_out},
    };
    std::vector<http::Route> routes;
    for (const auto& row : rows)
        for (const auto* prefix : {"", "/api"}) {
            auto handle = [&context, handle = row.handle](http::Request& request) { return handle(context, request); };
            auto renewed = [&context, handle = http::Handler(handle)](http::Request& request) {
                return renewing(context, request, handle);
            };
            auto name = fmt::format("image_registry.{}{}", row.name, *prefix == '\0' ? "" : ".api");
            routes.push_back({row.method, fmt::format("{}{}", prefix, row.path), name, row.permission, renewed});
        }
    return routes;
}

} // namespace cang::api::image_registry
