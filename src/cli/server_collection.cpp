#include "cli/server_collection.hpp"

#include "cli/registry_access.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

constexpr std::size_t kReplyLimit = 64 * 1024;

std::uint64_t read_count(const boost::json::value& document, std::string_view name) {
    const auto* object = document.if_object();
    const auto* value = object == nullptr ? nullptr : object->if_contains(name);
    if (value == nullptr || !value->is_number())
        throw Error(ErrorKind::unsupported, "the server's answer is not that of a collection; is it a cang server?");
    return value->to_number<std::uint64_t>();
}

} // namespace

awaitable<warehouse::CollectResult> collect_on_server(Runtime& runtime, const Session& session, PlaceOptions places,
                                                      warehouse::CollectOptions options) {
    auto server = parse_server(places.server);
    auto access = registry_options(server.registry, places, session.console);
    access.plain_http = server.plain_http;
    // A collection answers when it is done.
    access.http.stall_timeout = std::chrono::hours(1);
    distribution::RegistryClient client(runtime.loop.get_executor(), server.registry, std::move(access));
    distribution::ApiRequest request;
    request.method = http::Method::post;
    request.target = fmt::format("/api/v1/gc?dryRun={}&untagged={}", options.dry_run, options.untagged);
    request.text = "";
    auto response = co_await client.send(std::move(request));
    if (response.status != 200)
        co_await client.refuse(response, "collecting garbage");
    auto body = co_await io::read_all(*response.body, kReplyLimit);
    boost::system::error_code error;
    auto document = boost::json::parse(body, error);
    co_return warehouse::CollectResult{.manifests = read_count(document, "manifests"),
                                       .objects = read_count(document, "objects"),
                                       .bytes = read_count(document, "bytes"),
                                       .uploads = read_count(document, "uploads")};
}

} // namespace cang::cli
