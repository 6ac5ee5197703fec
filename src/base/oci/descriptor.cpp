#include "base/oci/descriptor.hpp"

#include "base/oci/json_document.hpp"

#include <fmt/format.h>

namespace cang::oci {

namespace json = boost::json;

namespace {

Platform read_platform(const JsonScope& scope) {
    Platform platform;
    platform.os = scope.text("os");
    platform.architecture = scope.text("architecture");
    platform.variant = scope.text("variant");
    platform.os_version = scope.text("os.version");
    platform.os_features = scope.texts("os.features");
    return platform;
}

Digest read_digest(const JsonScope& scope) {
    auto text = scope.required_text("digest");
    if (text.empty())
        return {};
    auto digest = Digest::parse(text);
    if (digest)
        return *digest;
    scope.note("digest", fmt::format("is wrong: {}", digest.error().reason));
    return {};
}

std::optional<std::string> read_data(const JsonScope& scope, const Descriptor& descriptor) {
    if (scope.find("data") == nullptr)
        return std::nullopt;
    auto decoded = from_base64(scope.text("data"));
    if (!decoded)
        scope.note("data", "is not base64");
    else if (decoded->size() != descriptor.size)
        scope.note("data", fmt::format("has {} bytes, but size says {}", decoded->size(), descriptor.size));
    else if (Digest::of(*decoded, descriptor.digest.algorithm()) != descriptor.digest)
        scope.note("data", "is not what the digest says");
    return decoded;
}

json::array to_array(const std::vector<std::string>& texts) {
    json::array array;
    for (const auto& text : texts)
        array.emplace_back(json::string(text));
    return array;
}

} // namespace

std::expected<Descriptor, ParseError> descriptor_from_json(const json::value& value, std::string_view path) {
    if (!value.is_object())
        return std::unexpected(ParseError{fmt::format("{} is not an object", path), 0});
    Problem problem;
    JsonScope scope(value.get_object(), std::string(path), problem);
    Descriptor descriptor;
    descriptor.media_type = scope.required_text("mediaType");
    descriptor.digest = read_digest(scope);
    descriptor.size = scope.required_number("size");
    scope.with_object("platform", [&](const JsonScope& inner) { descriptor.platform = read_platform(inner); });
    descriptor.annotations = scope.text_map("annotations");
    descriptor.artifact_type = scope.text("artifactType");
    descriptor.urls = scope.texts("urls");
    if (!problem.found())
        descriptor.data = read_data(scope, descriptor);
    if (problem.found())
        return std::unexpected(problem.to_error());
    return descriptor;
}

json::object to_json(const Platform& platform) {
    json::object object;
    object["architecture"] = platform.architecture;
    object["os"] = platform.os;
    if (!platform.os_version.empty())
        object["os.version"] = platform.os_version;
    if (!platform.os_features.empty())
        object["os.features"] = to_array(platform.os_features);
    if (!platform.variant.empty())
        object["variant"] = platform.variant;
    return object;
}

json::object to_json(const Descriptor& descriptor) {
    json::object object;
    object["mediaType"] = descriptor.media_type;
    object["digest"] = descriptor.digest.to_string();
    object["size"] = descriptor.size;
    if (!descriptor.urls.empty())
        object["urls"] = to_array(descriptor.urls);
    if (!descriptor.annotations.empty()) {
        json::object annotations;
        for (const auto& [key, value] : descriptor.annotations)
            annotations[key] = value;
        object["annotations"] = std::move(annotations);
    }
    if (descriptor.data)
        object["data"] = to_base64(as_bytes(*descriptor.data));
    if (descriptor.platform)
        object["platform"] = to_json(*descriptor.platform);
    if (!descriptor.artifact_type.empty())
        object["artifactType"] = descriptor.artifact_type;
    return object;
}

} // namespace cang::oci
