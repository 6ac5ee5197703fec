// What changed between two images: settings, layers, size.
#pragma once

#include "base/oci/image_config.hpp"
#include "image/source.hpp"

#include <boost/json/object.hpp>

namespace cang::image {

// One image, its platform chosen, with its config read.
struct ImageView {
    oci::Manifest manifest;
    oci::ImageConfig config;
};

// Throws Error{not_found}; Error{unsupported} for an artifact, and when an index has several platforms, none of them
// `platform` (the host's when not given).
awaitable<ImageView> load_image(Source& source, oci::Reference reference, std::optional<oci::Platform> platform = {});

struct FieldChange {
    std::string field;                 // "env PATH", "label maintainer", "entrypoint", …
    std::optional<std::string> before; // nullopt: was not there
    std::optional<std::string> after;  // nullopt: is gone

    friend bool operator==(const FieldChange&, const FieldChange&) = default;
};

// Layers are the same when their diff IDs are: a layer that was compressed anew is shared.
struct ImageDiff {
    std::vector<FieldChange> fields;
    std::vector<oci::Descriptor> shared;  // as in the second image
    std::vector<oci::Descriptor> removed; // only in the first
    std::vector<oci::Descriptor> added;   // only in the second
    std::int64_t size_difference = 0;     // bytes as stored, config included; positive: the second is larger

    bool empty() const { return fields.empty() && removed.empty() && added.empty(); }
};

ImageDiff diff(const ImageView& before, const ImageView& after);

// What `cang diff --json` prints and the API answers.
boost::json::object to_json(const ImageDiff& diff);

// Config and layers as stored, a layer that is used twice counted once.
std::uint64_t stored_bytes(const oci::Manifest& image);

} // namespace cang::image
