#include "cli/server_api.hpp"

#include "base/error_kind.hpp"
#include "cli/document.hpp"
#include "cli/registry_access.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

constexpr std::size_t kMaxAnswer = 16 * MiB;
constexpr std::size_t kMaxProblem = 64 * KiB;
constexpr int kNoContent = 204;

distribution::RegistryOptions server_options(const ServerAddress& server, const PlaceOptions& options,
                                             const Session& session, std::chrono::seconds patience) {
    auto access = registry_options(server.registry, options, session.console);
    access.plain_http = server.plain_http;
    access.basic = true;
    access.http.stall_timeout = patience;
    return access;
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

distribution::ApiRequest request_of(http::Method method, const std::string& path) {
    distribution::ApiRequest request;
    request.method = method;
    request.target = "/api/v1" + path;
    return request;
}

distribution::ApiRequest request_of(http::Method method, const std::string& path, const boost::json::object& body) {
    auto request = request_of(method, path);
    request.headers.set("Content-Type", "application/json");
    request.text = boost::json::serialize(body);
    return request;
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
    : pool_(runtime.pool), plain_http_(parse_server(options.server).plain_http),
      client_(runtime.loop.get_executor(), parse_server(options.server).registry,
              server_options(parse_server(options.server), options, session, patience)) {}

awaitable<boost::json::object> ServerApi::get(std::string path, std::string action) {
    return ask_document(request_of(http::Method::get, path), std::move(action));
}

awaitable<boost::json::object> ServerApi::post(std::string path, std::string action) {
    auto request = request_of(http::Method::post, path);
    request.text = "";
    return ask_document(std::move(request), std::move(action));
}

awaitable<boost::json::object> ServerApi::post(std::string path, const boost::json::object& body, std::string action) {
    return ask_document(request_of(http::Method::post, path, body), std::move(action));
}

awaitable<boost::json::object> ServerApi::put(std::string path, const boost::json::object& body, std::string action) {
    return ask_document(request_of(http::Method::put, path, body), std::move(action));
}

awaitable<void> ServerApi::remove(std::string path, std::string action) {
    co_await ask_document(request_of(http::Method::delete_, path), std::move(action));
}

awaitable<std::uint64_t> ServerApi::download(std::string path, io::Writer& target, std::string action) {
    auto response = co_await ask(request_of(http::Method::get, path), action);
    auto bytes = co_await io::transfer(*response.body, target);
    co_return bytes;
}

awaitable<boost::json::object> ServerApi::ask_document(distribution::ApiRequest request, std::string action) {
    auto response = co_await ask(std::move(request), action);
    auto body = co_await io::read_all(*response.body, kMaxAnswer);
    co_return response.status == kNoContent ? boost::json::object() : parse_answer(body);
}

// Throws for any answer but success.
awaitable<http::ClientResponse> ServerApi::ask(distribution::ApiRequest request, const std::string& action) {
    auto response = co_await client_.send(std::move(request));
    if (response.status < 300)
        co_return response;
    if (!response.headers.get("Content-Type").starts_with("application/problem+json"))
        co_await client_.refuse(response, action);
    auto body = co_await io::read_all(*response.body, kMaxProblem);
    auto error = problem_error(body, action);
    if (error.kind() == ErrorKind::unauthenticated)
        throw Error(error.kind(), fmt::format("{}\nlog in with `cang login {}{}`, or pass --creds USER:PASSWORD",
                                              error.message(), authority(), plain_http_ ? " --tls-verify=false" : ""));
    throw error;
}

} // namespace cang::cli
