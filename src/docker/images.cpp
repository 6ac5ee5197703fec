#include "docker/images.hpp"

#include "docker/document.hpp"

#include <fmt/format.h>

namespace cang::docker {

namespace {

constexpr std::string_view kUntagged = "<none>:<none>";

oci::Digest require_id(const std::string& text) {
    auto digest = oci::Digest::parse(text);
    if (!digest)
        throw Error(ErrorKind::corrupt, "the Docker Engine sent an image without a valid ID");
    return *digest;
}

std::vector<std::string> tags_of(const boost::json::object& image) {
    auto tags = texts_at(image, "RepoTags");
    std::erase(tags, kUntagged);
    return tags;
}

ImageSummary to_summary(const boost::json::object& image) {
    ImageSummary result;
    result.id = require_id(text_at(image, "Id"));
    result.repo_tags = tags_of(image);
    result.repo_digests = texts_at(image, "RepoDigests");
    result.bytes = number_at(image, "Size");
    return result;
}

ImageDetails to_details(const boost::json::object& image) {
    ImageDetails result;
    result.id = require_id(text_at(image, "Id"));
    result.repo_tags = tags_of(image);
    result.repo_digests = texts_at(image, "RepoDigests");
    result.platform.os = text_at(image, "Os");
    result.platform.architecture = text_at(image, "Architecture");
    result.platform.variant = text_at(image, "Variant");
    result.bytes = number_at(image, "Size");
    if (const auto* rootfs = object_at(image, "RootFS"))
        for (const auto& layer : texts_at(*rootfs, "Layers"))
            result.diff_ids.push_back(require_id(layer));
    return result;
}

} // namespace

awaitable<std::vector<ImageSummary>> Images::list(bool all) {
    EngineRequest request;
    request.path = all ? "/images/json?all=1" : "/images/json";
    auto response = co_await engine_.send(std::move(request));
    const auto document = co_await read_document(*response.body, "an image list");
    const auto* array = document.if_array();
    if (array == nullptr)
        throw Error(ErrorKind::corrupt, "the Docker Engine sent an image list that is not a JSON array");
    std::vector<ImageSummary> images;
    for (const auto& item : *array)
        images.push_back(to_summary(require_object(item, "an image list entry")));
    co_return images;
}

awaitable<std::optional<ImageDetails>> Images::find(std::string name) {
    EngineRequest request;
    request.path = fmt::format("/images/{}/json", encode_path(name));
    auto response = co_await engine_.send_unless_absent(std::move(request));
    if (!response)
        co_return std::nullopt;
    const auto document = co_await read_document(*response->body, "an image");
    co_return to_details(require_object(document, "an image"));
}

awaitable<io::ReaderPtr> Images::save(std::vector<std::string> names) {
    EngineRequest request;
    request.path = "/images/get";
    char separator = '?';
    for (const auto& name : names) {
        request.path += fmt::format("{}names={}", separator, http::percent_encode(name));
        separator = '&';
    }
    auto response = co_await engine_.send(std::move(request));
    co_return std::move(response.body);
}

awaitable<std::vector<std::string>> Images::load(io::Reader& archive, std::optional<std::uint64_t> bytes,
                                                 LoadObserver observer) {
    EngineRequest request;
    request.method = http::Method::post;
    request.path = "/images/load?quiet=0";
    request.body = &archive;
    request.body_bytes = bytes;
    request.content_type = "application/x-tar";
    auto response = co_await engine_.send(std::move(request));
    co_return co_await read_load_stream(*response.body, std::move(observer));
}

awaitable<void> Images::tag(std::string name, std::string repository, std::string tag) {
    EngineRequest request;
    request.method = http::Method::post;
    request.path = fmt::format("/images/{}/tag?repo={}&tag={}", encode_path(name), http::percent_encode(repository),
                               http::percent_encode(tag));
    auto response = co_await engine_.send(std::move(request));
    co_await io::drain(*response.body);
}

awaitable<bool> Images::remove(std::string name, bool force) {
    EngineRequest request;
    request.method = http::Method::delete_;
    request.path = fmt::format("/images/{}?force={}", encode_path(name), force ? 1 : 0);
    auto response = co_await engine_.send_unless_absent(std::move(request));
    if (!response)
        co_return false;
    co_await io::drain(*response->body);
    co_return true;
}

} // namespace cang::docker
