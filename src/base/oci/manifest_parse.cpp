#include "base/oci/foreign_text.hpp"
#include "base/oci/json_document.hpp"
#include "base/oci/manifest.hpp"

#include <array>
#include <fmt/format.h>

namespace cang::oci {

namespace json = boost::json;

namespace {

// What some peers send when they know no better; it says nothing about the document.
constexpr std::array<std::string_view, 3> kGenericTypes{"application/json", "application/octet-stream", "text/plain"};

constexpr std::string_view kSchema1Reason = "Docker schema 1 manifests are not supported; push the image again with "
                                            "Docker 1.10 or later";

bool is_schema1(std::string_view type) { return type.starts_with("application/vnd.docker.distribution.manifest.v1+"); }

// "type; charset=utf-8" -> "type"
std::string_view without_parameters(std::string_view type) {
    type = type.substr(0, type.find(';'));
    while (!type.empty() && type.back() == ' ')
        type.remove_suffix(1);
    return type;
}

std::string_view said_type(std::string_view media_type) {
    auto type = without_parameters(media_type);
    for (auto generic : kGenericTypes)
        if (type == generic)
            return {};
    return type;
}

void check_schema_version(const JsonScope& root) {
    auto version = root.required_number("schemaVersion");
    if (root.problem().found())
        return;
    if (version == 1)
        root.problem().note(std::string(kSchema1Reason));
    else if (version != 2)
        root.note("schemaVersion", fmt::format("is {}, not 2", version));
}

// The type of the document: what it says, what the peer said, else what its fields are.
std::string document_type(const JsonScope& root, std::string_view said) {
    auto written = root.text("mediaType");
    bool index_fields = root.find("manifests") != nullptr;
    bool image_fields = root.find("config") != nullptr || root.find("layers") != nullptr;
    if (index_fields && image_fields)
        root.problem().note("it has the fields of an image manifest and of an image index");
    if (!written.empty() && !said.empty() && written != said)
        root.note("mediaType",
                  fmt::format("is {}, but the manifest was sent as {}", show_foreign(written), show_foreign(said)));
    auto type = !written.empty() ? written : std::string(said);
    if (type.empty() && !index_fields && !image_fields)
        root.problem().note("it is neither an image manifest nor an image index");
    if (type.empty())
        return std::string(index_fields ? media_type::oci_index : media_type::oci_manifest);
    if (is_schema1(type))
        root.problem().note(std::string(kSchema1Reason));
    if (!is_manifest(type))
        root.problem().note(fmt::format("the media type {} is not that of a manifest", show_foreign(type)));
    return type;
}

Descriptor read_descriptor(const json::value& value, std::string_view path, Problem& problem) {
    auto descriptor = descriptor_from_json(value, path);
    if (descriptor)
        return std::move(*descriptor);
    problem.note(descriptor.error().reason);
    return {};
}

std::vector<Descriptor> read_descriptors(const JsonScope& root, std::string_view key) {
    std::vector<Descriptor> descriptors;
    root.for_each_element(key, ManifestLimits::descriptors, [&](const json::value& value, const std::string& path) {
        descriptors.push_back(read_descriptor(value, path, root.problem()));
    });
    return descriptors;
}

std::optional<Descriptor> read_optional_descriptor(const JsonScope& root, std::string_view key) {
    const json::value* value = root.find(key);
    if (value == nullptr)
        return std::nullopt;
    return read_descriptor(*value, key, root.problem());
}

} // namespace

std::expected<Manifest, ParseError> Manifest::parse(std::string bytes, std::string_view media_type,
                                                    DigestAlgorithm algorithm) {
    if (bytes.size() > ManifestLimits::bytes)
        return std::unexpected(ParseError{fmt::format("a manifest has at most {} bytes", ManifestLimits::bytes), 0});
    auto said = said_type(media_type);
    if (is_schema1(said))
        return std::unexpected(ParseError{std::string(kSchema1Reason), 0});
    auto document = parse_json_object(bytes, ManifestLimits::depth);
    if (!document)
        return std::unexpected(document.error());
    Problem problem;
    JsonScope root(*document, "", problem);
    check_schema_version(root);
    Manifest manifest;
    manifest.media_type_ = document_type(root, said);
    manifest.artifact_type_ = root.text("artifactType");
    manifest.annotations_ = root.text_map("annotations");
    manifest.subject_ = read_optional_descriptor(root, "subject");
    if (oci::is_index(manifest.media_type_)) {
        if (!document->contains("manifests"))
            root.note("manifests", "is missing");
        manifest.manifests_ = read_descriptors(root, "manifests");
    } else {
        if (root.find("config") == nullptr)
            root.note("config", "is missing");
        if (!document->contains("layers"))
            root.note("layers", "is missing");
        manifest.config_ = read_optional_descriptor(root, "config");
        manifest.layers_ = read_descriptors(root, "layers");
        if (manifest.artifact_type_.empty() && manifest.config_)
            manifest.artifact_type_ = manifest.config_->media_type;
    }
    if (problem.found())
        return std::unexpected(problem.to_error());
    manifest.digest_ = Digest::of(bytes, algorithm);
    manifest.bytes_ = std::make_shared<const std::string>(std::move(bytes));
    return manifest;
}

Manifest require_manifest(std::string bytes, std::string_view media_type, DigestAlgorithm algorithm) {
    auto manifest = Manifest::parse(std::move(bytes), media_type, algorithm);
    if (manifest)
        return std::move(*manifest);
    auto error =
        Error(ErrorKind::invalid_argument, fmt::format("the manifest is invalid: {}", manifest.error().reason));
    throw error.with_code("MANIFEST_INVALID");
}

} // namespace cang::oci
