// An image as our API shows it, whether it is in the warehouse or in another registry. Pure: the caller reads the
// bytes.
#pragma once

#include "base/oci/manifest.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <unordered_map>

namespace cang::api::v1 {

// Bytes that the images of an index hold (config and layers), by manifest digest.
using ImageSizes = std::unordered_map<oci::Digest, std::uint64_t>;

// The part of ImageDetail that an image itself tells: digest, mediaType, artifactType, size, annotations, subject,
// platforms, and of one image config, layers and history. Where it was found (repository, reference) and what is known
// there (pushedAt, tags) is the caller's to add.
//
// `config` holds the bytes of the image's config blob, when it was read; a config that is none leaves out what it would
// have told and says why in configProblem. `sizes` are those of an index's images: without them the index has no size,
// and its rows tell the size of the manifest.
boost::json::object image_document(const oci::Manifest& manifest, const std::optional<std::string>& config,
                                   const ImageSizes& sizes = {});

// Should the config blob be read for image_document()? Not that of an artifact, nor one larger than a config can be.
bool has_readable_config(const oci::Manifest& manifest);

// The type of an artifact; empty for an image, whose manifests name their config's type there.
std::string shown_artifact_type(const std::string& artifact_type);

boost::json::array texts_document(const std::vector<std::string>& texts);
boost::json::object texts_document(const std::map<std::string, std::string>& texts);

} // namespace cang::api::v1
