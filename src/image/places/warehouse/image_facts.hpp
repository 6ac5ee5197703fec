// Private to this room: what lists show of an image, worked out once when its manifest comes in.
#pragma once

#include "base/oci/image_config.hpp"
#include "image/store/manifest_store.hpp"

#include <unordered_map>

namespace cang::warehouse {

using ChildRows = std::unordered_map<oci::Digest, store::ChildRow>;

// Size and platform of one image; an artifact has no platform, nor has an image whose config was not readable.
store::ManifestFacts facts_of_image(const oci::Manifest& image, const std::optional<oci::ImageConfig>& config);

// Of all images of an index. Its descriptors tell the platforms, the images themselves where a descriptor is silent;
// attestations have none.
store::ManifestFacts facts_of_index(const oci::Manifest& index, const ChildRows& images);

// The platforms, sorted, each once, with a space before and after each; empty for none. Those that are not written as
// a platform should be are left out, and so are all beyond the first 64.
std::string platforms_text(const std::vector<oci::Platform>& platforms);
std::vector<std::string> parse_platforms_text(std::string_view text);

} // namespace cang::warehouse
