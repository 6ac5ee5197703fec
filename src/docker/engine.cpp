#include "docker/engine.hpp"

#include "docker/document.hpp"

#include <boost/json/parse.hpp>
#include <charconv>
#include <fmt/format.h>

namespace cang::docker {

namespace {

// Docker's error bodies are one sentence; a proxy in between may send a page.
constexpr std::size_t kLargestErrorBody = 64 * KiB;

http::ClientOptions client_options(const EngineOptions& options) {
    http::ClientOptions result;
    result.user_agent = "cang";
    result.stall_timeout = options.silence;
    return result;
}

ErrorKind kind_of(int status) {
    switch (status) {
    case 400: return ErrorKind::invalid_argument;
    case 401: return ErrorKind::unauthenticated;
    case 403: return ErrorKind::permission_denied;
    case 404: return ErrorKind::not_found;
    case 409: return ErrorKind::conflict;
    case 429: return ErrorKind::rate_limited;
    case 501: return ErrorKind::unsupported;
    case 502:
    case 503: return ErrorKind::unavailable;
    case 504: return ErrorKind::deadline_exceeded;
    default: return status < 500 ? ErrorKind::invalid_argument : ErrorKind::internal;
    }
}

std::string message_of(std::string_view body, int status) {
    boost::system::error_code failure;
    const auto document = boost::json::parse(body, failure);
    const auto* object = failure ? nullptr : document.if_object();
    const auto message = object != nullptr ? text_at(*object, "message") : std::string();
    if (!message.empty())
        return fmt::format("Docker Engine: {}", message);
    return fmt::format("the Docker Engine answered with status {}", status);
}

// Podman and others speak Docker's API and name themselves here.
std::string product_of(const boost::json::object& version) {
    const auto* components = version.if_contains("Components");
    const auto* array = components != nullptr ? components->if_array() : nullptr;
    const auto* first = array != nullptr && !array->empty() ? array->front().if_object() : nullptr;
    return first != nullptr ? text_at(*first, "Name") : std::string();
}

awaitable<void> throw_answer(http::ClientResponse response) {
    auto limited = io::limited_reader(std::move(response.body), kLargestErrorBody);
    const std::string body = co_await io::read_all(*limited, kLargestErrorBody);
    throw Error(kind_of(response.status), message_of(body, response.status));
}

} // namespace

std::optional<ApiVersion> ApiVersion::parse(std::string_view text) {
    ApiVersion version;
    const char* end = text.data() + text.size();
    const auto major = std::from_chars(text.data(), end, version.major);
    if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.')
        return std::nullopt;
    const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
    if (minor.ec != std::errc() || minor.ptr != end || version.major < 0 || version.minor < 0)
        return std::nullopt;
    return version;
}

std::string ApiVersion::to_string() const { return fmt::format("{}.{}", major, minor); }

Engine::Engine(asio::any_io_executor executor, EngineOptions options)
    : options_(std::move(options)), client_(std::move(executor), client_options(options_)) {}

http::ClientRequest Engine::to_http(const EngineRequest& request, const std::string& prefix) const {
    http::ClientRequest result;
    result.method = request.method;
    result.url = options_.endpoint.base_url + prefix + request.path;
    result.body = request.body;
    result.body_bytes = request.body_bytes;
    result.unix_socket = options_.endpoint.unix_socket;
    result.tls = options_.tls;
    result.max_redirects = 0;
    if (!request.content_type.empty())
        result.headers.set("Content-Type", request.content_type);
    return result;
}

awaitable<ApiVersion> Engine::ping() {
    if (api_)
        co_return *api_;
    EngineRequest request;
    request.path = "/_ping";
    auto message = to_http(request, "");
    auto response = co_await client_.send(std::move(message));
    if (response.status != 200)
        co_await throw_answer(std::move(response));
    // Engines before 1.24 do not name their version here; a proxy may drop it.
    const auto offered = ApiVersion::parse(response.headers.get("Api-Version"));
    if (!offered)
        throw Error(ErrorKind::unsupported, "the Docker Engine does not name its API version");
    if (*offered < kOldestApi)
        throw Error(ErrorKind::unsupported, fmt::format("the Docker Engine speaks API {}, at least {} is needed",
                                                        offered->to_string(), kOldestApi.to_string()));
    api_ = std::min(*offered, kNewestApi);
    co_return *api_;
}

awaitable<http::ClientResponse> Engine::exchange(EngineRequest request) {
    const auto api = co_await ping();
    auto message = to_http(request, "/v" + api.to_string());
    co_return co_await client_.send(std::move(message));
}

awaitable<http::ClientResponse> Engine::send(EngineRequest request) {
    auto response = co_await exchange(std::move(request));
    if (response.status >= 400)
        co_await throw_answer(std::move(response));
    co_return response;
}

awaitable<std::optional<http::ClientResponse>> Engine::send_unless_absent(EngineRequest request) {
    auto response = co_await exchange(std::move(request));
    if (response.status == 404)
        co_return std::nullopt;
    if (response.status >= 400)
        co_await throw_answer(std::move(response));
    co_return std::optional<http::ClientResponse>(std::move(response));
}

awaitable<EngineVersion> Engine::version() {
    EngineRequest request;
    request.path = "/version";
    auto response = co_await send(std::move(request));
    const auto document = co_await read_document(*response.body, "its version");
    const auto& object = require_object(document, "its version");
    EngineVersion result;
    result.product = product_of(object);
    result.version = text_at(object, "Version");
    result.api_version = text_at(object, "ApiVersion");
    result.min_api_version = text_at(object, "MinAPIVersion");
    result.os = text_at(object, "Os");
    result.architecture = text_at(object, "Arch");
    result.kernel_version = text_at(object, "KernelVersion");
    co_return result;
}

awaitable<EngineStatus> Engine::status() {
    EngineRequest request;
    request.path = "/info";
    auto response = co_await send(std::move(request));
    const auto document = co_await read_document(*response.body, "its status");
    const auto& object = require_object(document, "its status");
    EngineStatus result;
    result.id = text_at(object, "ID");
    result.name = text_at(object, "Name");
    result.operating_system = text_at(object, "OperatingSystem");
    result.storage_driver = text_at(object, "Driver");
    result.root_directory = text_at(object, "DockerRootDir");
    result.images = number_at(object, "Images");
    result.containers = number_at(object, "Containers");
    result.cpus = number_at(object, "NCPU");
    result.memory_bytes = number_at(object, "MemTotal");
    co_return result;
}

std::string encode_path(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '/' || c == ':' || c == '@')
            result += c;
        else
            result += http::percent_encode(std::string_view(&c, 1));
    }
    return result;
}

} // namespace cang::docker
