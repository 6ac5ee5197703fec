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

// Their sum, at most 2^53 - 1, which every JSON implementation keeps exact: sizes that peers state may be any.
constexpr std::uint64_t add_sizes(std::uint64_t one, std::uint64_t other) {
    constexpr std::uint64_t largest = (std::uint64_t{1} << 53) - 1;
    return other > largest || one > largest - other ? largest : one + other;
}

// Position is not known inside a JSON tree; the reason names the path, for example "layers[2].size is negative".
std::expected<Descriptor, ParseError> descriptor_from_json(const boost::json::value& value, std::string_view path);
boost::json::object to_json(const Descriptor& descriptor);
boost::json::object to_json(const Platform& platform);

} // namespace cang::oci
