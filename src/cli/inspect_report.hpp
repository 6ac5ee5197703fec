// What `cang inspect` tells about an image: for people and as JSON.
#pragma once

#include "base/oci/image_config.hpp"
#include "image/place_name.hpp"
#include "image/source.hpp"

#include <boost/json/object.hpp>

namespace cang::cli {

struct Inspection {
    image::PlaceName name;
    oci::Manifest manifest;
    // Of container images; artifacts and indexes have none.
    std::optional<oci::ImageConfig> config;
};

// The manifest that `reference` names, or the image for `platform` inside it. Throws Error{not_found}.
awaitable<oci::Manifest> get_chosen_manifest(image::Source& source, oci::Reference reference, std::string name,
                                             std::optional<oci::Platform> platform);
// The bytes of the manifest's config, verified. Throws Error{unsupported} for an index.
awaitable<std::string> get_config_bytes(image::Source& source, oci::Manifest manifest);

std::string to_text(const Inspection& inspection);
boost::json::object to_json(const Inspection& inspection);

} // namespace cang::cli
