#include "base/oci/manifest.hpp"

#include <boost/json/serialize.hpp>

namespace cang::oci {

namespace json = boost::json;

namespace {

json::array to_array(const std::vector<Descriptor>& descriptors) {
    json::array array;
    array.reserve(descriptors.size());
    for (const auto& descriptor : descriptors)
        array.emplace_back(to_json(descriptor));
    return array;
}

json::object begin_document(const std::string& media_type, const std::string& artifact_type) {
    json::object document;
    document["schemaVersion"] = 2;
    document["mediaType"] = media_type;
    if (!artifact_type.empty())
        document["artifactType"] = artifact_type;
    return document;
}

void end_document(json::object& document, const std::optional<Descriptor>& subject, const Annotations& annotations) {
    if (subject)
        document["subject"] = to_json(*subject);
    if (annotations.empty())
        return;
    json::object object;
    for (const auto& [key, value] : annotations)
        object[key] = value;
    document["annotations"] = std::move(object);
}

} // namespace

Manifest make_manifest(const ManifestParts& parts) {
    auto document = begin_document(parts.media_type, parts.artifact_type);
    document["config"] = to_json(parts.config);
    document["layers"] = to_array(parts.layers);
    end_document(document, parts.subject, parts.annotations);
    return require_manifest(json::serialize(document), parts.media_type);
}

Manifest make_index(const IndexParts& parts) {
    auto document = begin_document(parts.media_type, parts.artifact_type);
    document["manifests"] = to_array(parts.manifests);
    end_document(document, parts.subject, parts.annotations);
    return require_manifest(json::serialize(document), parts.media_type);
}

} // namespace cang::oci
