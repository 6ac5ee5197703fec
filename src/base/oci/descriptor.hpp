// Content descriptor (image-spec descriptor.md).
#pragma once

#include "base/oci/digest.hpp"
#include "base/oci/platform.hpp"

#include <boost/json/object.hpp>
#include <map>
#include <optional>

namespace cang::oci {

using Annotations = std::map<std::string, std::string>;

struct Descriptor {
    std::string media_type;
    Digest digest;
    std::uint64_t size = 0; // bytes
    std::optional<Platform> platform;
    Annotations annotations;
    std::string artifact_type;
    std::vector<std::string> urls;
    std::optional<std::string> data; // embedded content, decoded

    friend bool operator==(const Descriptor&, const Descriptor&) = default;
};

// Position is not known inside a JSON tree; the reason names the path, for example "layers[2].size is negative".
std::expected<Descriptor, ParseError> descriptor_from_json(const boost::json::value& value, std::string_view path);
boost::json::object to_json(const Descriptor& descriptor);
boost::json::object to_json(const Platform& platform);

} // namespace cang::oci
