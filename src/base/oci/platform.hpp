// Platform of an image: os/architecture[/variant] (image-spec image-index.md).
#pragma once

#include "base/error.hpp"

#include <boost/json/fwd.hpp>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace cang::oci {

struct Platform {
    std::string os;
    std::string architecture;
    std::string variant;
    std::string os_version;
    std::vector<std::string> os_features;

    // "linux/arm64/v8", "linux/amd64", "arm64" (os linux is assumed). Normalises x86_64, aarch64, armhf, armv7.
    static std::expected<Platform, ParseError> parse(std::string_view text);
    // The machine this program runs on.
    static Platform host();

    std::string to_string() const;
    // Does an image built for *this satisfy a request for `wanted`? An empty wanted.variant matches any;
    // arm64 equals arm64/v8.
    bool satisfies(const Platform& wanted) const;

    friend bool operator==(const Platform&, const Platform&) = default;
};

} // namespace cang::oci
