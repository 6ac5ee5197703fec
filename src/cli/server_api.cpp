#include "cli/server_api.hpp"

#include "base/error_kind.hpp"
#include "cli/registry_access.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

constexpr std::size_t kMaxAnswer = 16 * MiB;
constexpr std::size_t kMaxProblem = 64 * KiB;

distribution::RegistryOptions server_options(const ServerAddress& server, const PlaceOptions& options,
                                             const Session& session, std::chrono::seconds patience) {
    auto access = registry_options(server.registry, options, session.console);
    access.plain_http = server.plain_http;
    access.http.stall_timeout = patience;
    return access;
}

std::string text_of(const boost::json::object& document, std::string_view name) {
    const auto* value = document.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

boost::json::object parse_answer(const std::string& body) {
    boost::system::error_code failure;
    auto document = boost::json::parse(body, failure);
    if (failure || !document.is_object())
        throw Error(ErrorKind::unsupported, "the server's answer is not one of this API; is it a cang server?");
    return std::move(document.get_object());
}

// RFC 9457, as api/v1 writes it.
Error problem_error(const std::string& body, const std::string& action) {
    auto problem = parse_answer(body);
    auto rows = error_kind_table();
    auto row = std::ranges::find(rows, text_of(problem, "kind"), &ErrorKindRow::name);
    return Error(row == rows.end() ? ErrorKind::unavailable : row->kind, action + ": " + text_of(problem, "detail"));
}

} // namespace

PlaceOptions require_server(PlaceOptions options, const Console& console) {
    options = with_environment(std::move(options), console);
    if (options.server.empty())
        throw Error(ErrorKind::invalid_argument, "no server is named\ngive --server URL, or set CANG_SERVER");
    return options;
}

ServerApi::ServerApi(Runtime& runtime, const Session& session, const PlaceOptions& options,
                     std::chrono::seconds patience)
    : client_(runtime.loop.get_executor(), parse_server(options.server).registry,
              server_options(parse_server(options.server), options, session, patience)) {}

awaitable<boost::json::object> ServerApi::get(std::string path, std::string action) {
    return ask(http::Method::get, std::move(path), std::move(action));
}

awaitable<boost::json::object> ServerApi::post(std::string path, std::string action) {
    return ask(http::Method::post, std::move(path), std::move(action));
}

awaitable<boost::json::object> ServerApi::ask(http::Method method, std::string path, std::string action) {
    distribution::ApiRequest request;
    request.method = method;
    request.target = "/api/v1" + path;
    if (method == http::Method::post)
        request.text = "";
    auto response = co_await client_.send(std::move(request));
    bool failed = response.status >= 300;
    bool problem = response.headers.get("Content-Type").starts_with("application/problem+json");
    if (failed && !problem)
        co_await client_.refuse(response, action);
    auto body = co_await io::read_all(*response.body, failed ? kMaxProblem : kMaxAnswer);
    if (failed)
        throw problem_error(body, action);
    co_return parse_answer(body);
}

} // namespace cang::cli
