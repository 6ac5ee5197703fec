// Image reference: [registry/]repository[:tag][@digest] (distribution reference grammar, distribution-spec "Pulling
// manifests"). Parsing never fills in a registry: what a missing one means is the place's business.
#pragma once

#include "base/oci/digest.hpp"

#include <optional>

namespace cang::oci {

class Reference {
public:
    // Grammar of `docker pull`: the first path element is a registry when it has '.' or ':' or is "localhost".
    static std::expected<Reference, ParseError> parse(std::string_view text);
    // Docker's short names: "nginx" -> docker.io/library/nginx:latest.
    static std::expected<Reference, ParseError> parse_docker(std::string_view text);

    std::string registry;   // "host[:port]" or empty
    std::string repository; // "library/nginx", never empty
    std::optional<std::string> tag;
    std::optional<Digest> digest;

    // The tag or digest to ask a registry for; the digest wins. "latest" when neither is given.
    std::string tag_or_digest() const;
    std::string to_string() const;

    Reference with_tag(std::string new_tag) const;     // drops the digest
    Reference with_digest(const Digest& digest) const; // drops the tag

    friend bool operator==(const Reference&, const Reference&) = default;
};

// distribution-spec: repository [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/…)*, at most 255 bytes.
bool is_valid_repository(std::string_view name);
// distribution-spec: [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}.
bool is_valid_tag(std::string_view tag);

} // namespace cang::oci
