#include "cli/server_collection.hpp"

#include "cli/server_api.hpp"

#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

// A collection answers when it is done.
constexpr std::chrono::hours kPatience{1};

std::uint64_t read_count(const boost::json::object& document, std::string_view name) {
    const auto* value = document.if_contains(name);
    if (value == nullptr || !value->is_number())
        throw Error(ErrorKind::unsupported, "the server's answer is not that of a collection; is it a cang server?");
    return value->to_number<std::uint64_t>();
}

} // namespace

awaitable<warehouse::CollectResult> collect_on_server(Runtime& runtime, const Session& session, PlaceOptions places,
                                                      warehouse::CollectOptions options) {
    ServerApi server(runtime, session, places, kPatience);
    auto path = fmt::format("/gc?dryRun={}&untagged={}", options.dry_run, options.untagged);
    auto document = co_await server.post(std::move(path), "collecting garbage");
    co_return warehouse::CollectResult{.manifests = read_count(document, "manifests"),
                                       .objects = read_count(document, "objects"),
                                       .bytes = read_count(document, "bytes"),
                                       .uploads = read_count(document, "uploads")};
}

} // namespace cang::cli
